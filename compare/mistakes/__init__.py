"""The catalogue of classic mistakes, as patches to the real exhibits.

One list serves as the lesson on mistakes (a diff each), as the mutation test
of the checker, and for naming the mistake in a user's pair.
"""

from compare.mistakes.data import DATA
from compare.mistakes.errors import ERRORS
from compare.mistakes.keras_compile import KERAS_COMPILE
from compare.mistakes.keras_fit import KERAS_FIT
from compare.mistakes.lessons import LESSONS
from compare.mistakes.networks import NETWORKS
from compare.mistakes.optimizers import OPTIMIZERS
from compare.mistakes.schedules import SCHEDULES
from compare.mistakes.slow import SLOW
from compare.mistakes.updates import UPDATES
from compare.records import UsageError
from compare.records.mistakes import Mistake

CATALOGUE: tuple[Mistake, ...] = (
    *UPDATES,
    *DATA,
    *OPTIMIZERS,
    *SCHEDULES,
    *LESSONS,
    *NETWORKS,
    *KERAS_FIT,
    *KERAS_COMPILE,
    *ERRORS,
    *SLOW,
)
"""All mistakes: silent ones first, then those that raise, then slow ones."""


def find(keys: list[str]) -> tuple[Mistake, ...]:
    """Return the mistakes of these keys, in the order of the catalogue.

    Raises:
        UsageError: there is none of a key.
    """
    known = {mistake.key for mistake in CATALOGUE}
    for key in keys:
        if key not in known:
            raise UsageError(
                f"there is no mistake {key!r}; `python -m compare mistakes` "
                "lists them"
            )
    return tuple(m for m in CATALOGUE if m.key in keys)
