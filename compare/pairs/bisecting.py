"""Find the release that changed a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compare.records import OUTCOMES, Outcome, UsageError
from compare.records.across import Bisection, Meeting, Trial
from compare.running.homes import name_in, releases

AGREE: tuple[Outcome, ...] = ("identical", "same mathematics")
"""Outcomes of the same training. The second is a change where nothing worse
is found at the end."""

Judge = Callable[[str], Outcome]
"""Holds the environment of a requirement against the first release's."""


def worst(meetings: Sequence[Meeting]) -> Outcome:
    """Return the worst outcome of what was held against the first."""
    found = {m.verdict.outcome for m in meetings if m.side != "both"}
    return max(found, key=OUTCOMES.index)


def between(first: str, last: str) -> list[str]:
    """Return requirements of all releases from one to another.

    Args:
        first: a requirement that pins a package, such as "keras==3.12.0";
            what else it asks for is kept.
        last: the same with another release of that package.

    Raises:
        UsageError: they do not differ in one pinned package, or there is no
            such release.
    """
    words, others = first.split(), last.split()
    apart = [(a, b) for a, b in zip(words, others, strict=False) if a != b]
    packages = {name_in(word) for pair in apart for word in pair}
    pinned = all("==" in word for pair in apart for word in pair)
    if len(words) != len(others) or len(apart) != 1 or not pinned:
        packages = set()
    if len(packages) != 1:
        raise UsageError(
            f"{first!r} and {last!r} are not two releases of one package: "
            "--bisect takes two --with such as keras==3.12.0 and "
            "keras==3.13.2, and nothing else may differ"
        )
    ((one, other),) = apart
    (package,) = packages
    known = releases(package)
    ends = [word.partition("==")[2] for word in (one, other)]
    for end in ends:
        if end not in known:
            raise UsageError(f"pip finds no release {end} of {package}")
    start, stop = (known.index(end) for end in ends)
    chosen = known[min(start, stop) : max(start, stop) + 1]
    place = words.index(one)
    return [
        " ".join(
            [*words[:place], f"{package}=={release}", *words[place + 1 :]]
        )
        for release in (chosen if start < stop else reversed(chosen))
    ]


def bisect(requirements: Sequence[str], judge: Judge) -> Bisection:
    """Halve the releases until the one that changed a training is found.

    Args:
        requirements: of the releases in order; the first one is what others
            are held against.
        judge: see `Judge`; one that cannot be installed is left out.

    Raises:
        UsageError: the ends give the same.
    """
    first, *rest = requirements
    end = judge(rest[-1])
    if end == "identical":
        raise UsageError(
            f"{first} and {rest[-1]} give the same bits: there is nothing to "
            "find between them"
        )
    trials = [Trial(rest[-1], end)]
    left_out: list[str] = []
    same = AGREE[:1] if end in AGREE else AGREE
    known = list(requirements)
    low, high = 0, len(known) - 1
    while high - low > 1:
        middle = (low + high) // 2
        try:
            outcome = judge(known[middle])
        except UsageError as error:
            left_out.append(str(error))
            del known[middle]
            high -= 1
            continue
        trials.append(Trial(known[middle], outcome))
        low, high = (middle, high) if outcome in same else (low, middle)
    return Bisection(tuple(trials), known[low], known[high], tuple(left_out))
