"""A pair that is different -> the known mistake that gives its numbers.

Each side is looked up among trainings that are known: the exhibits, and the
exhibits with a mistake of the catalogue in them, trained on the same problem.
What is named has been reproduced; everything else is a fact, and said as one.
"""

from __future__ import annotations

from collections.abc import Iterator

from compare.mistakes import CATALOGUE
from compare.pairs.diagnosis.deviations import Deviation, deviations
from compare.pairs.diagnosis.errors import alike
from compare.pairs.diagnosis.evidence import loss_facts, mended_gap, seed_facts
from compare.pairs.diagnosis.facts import facts
from compare.pairs.diagnosis.fit_traps import counts, traps
from compare.pairs.diagnosis.search import UPDATES, Known, Search
from compare.pairs.pair import Pair
from compare.records import Note, Trajectory, Verdict, note
from compare.records.diagnosis import Cause, Diagnosis
from compare.running.processes import Progress


def diagnose(pair: Pair, verdict: Verdict, progress: Progress) -> Diagnosis:
    """Say why a pair is different.

    Args:
        pair: after its check.
        verdict: "different" or "could not run".
        progress: told of every process.
    """
    if verdict.outcome == "could not run":
        return Diagnosis((), tuple(alike(verdict, progress)), 0)
    exact = verdict.float64_difference is not None
    found = verdict.divergence
    if found:
        pair.look_further(max(UPDATES, found.step + 2))
    left, right = pair.trajectories("float64" if exact else "float32")
    said = [
        fact
        for side, name in enumerate(pair.sides.names)
        for fact in counts(name, *pair.fits(side))
    ]
    if not isinstance(left, Trajectory) or not isinstance(right, Trajectory):
        return Diagnosis((), tuple(said), 0)
    said = [
        *facts(pair.problem, verdict, left, right),
        *said,
        *loss_facts(pair, progress),
        *seed_facts(pair, progress),
    ]
    if found is None or found.step == 0:
        return Diagnosis((), tuple(said), 0)
    seen = tuple(_observed(pair, progress))
    if seen:
        return Diagnosis(seen, tuple(said), 0)
    search = Search(pair, left, right, found.step, exact)
    causes = _causes(search, *search.run(progress))
    said += search.notes
    if not search.tried:
        said.append(
            note(
                "no known mistake was tried: they are for linear problems "
                "whose `initial` names a kernel and a bias."
            )
        )
    return Diagnosis(causes, tuple(said), search.tried)


def _observed(pair: Pair, progress: Progress) -> Iterator[Cause]:
    """Yield the traps that a side's fit fell into, if mending closes the gap.

    The side is run again with other arguments for its own call of fit.
    """
    threads = {mistake.key: mistake.threads for mistake in CATALOGUE}
    for side, name in enumerate(pair.sides.names):
        _, fits = pair.fits(side)
        found = list(traps(name, fits[0], pair.problem)) if fits else []
        instead = {k: v for trap in found for k, v in trap.instead.items()}
        if not instead:
            continue
        gap = mended_gap(pair, side, instead, progress)
        if gap is None:
            continue
        for trap in found:
            yield Cause(
                side=name,
                key=trap.key,
                title=trap.fact,
                certainty="observed",
                why=None,
                cure=trap.cure,
                threads=threads.get(trap.key, ()),
                updates=pair.furthest,
                gap=None,
                mended_gap=gap,
            )


def _causes(
    search: Search, left: list[Known], right: list[Known]
) -> tuple[Cause, ...]:
    """Turn what explains each side into what they differ in."""
    if left and right:
        one, other = min(
            ((a, b) for a in left for b in right),
            key=lambda both: _distance(search, *both),
        )
        return tuple(
            cause
            for side, (own, twin) in enumerate(((one, other), (other, one)))
            for cause in _own(search, side, own, twin, (left, right)[side])
        )
    for side, found in enumerate((left, right)):
        name = search.sides[side].side
        if found and not _deviations(search, found[0]):
            search.notes.append(
                note(
                    "{side} is plain gradient descent on the mean squared "
                    "error (reproduced), so the other side is the one that "
                    "deviates.",
                    side=name,
                )
            )
        elif found:
            return tuple(_own(search, side, found[0], None, found))
    return ()


def _deviations(search: Search, known: Known) -> list[Deviation]:
    rate = float(search.pair.problem.learning_rate)
    return deviations(known.variant, rate)


def _distance(search: Search, one: Known, other: Known) -> tuple[int, int]:
    a, b = set(_deviations(search, one)), set(_deviations(search, other))
    return len(a ^ b), len(a | b)


def _own(
    search: Search,
    side: int,
    own: Known,
    twin: Known | None,
    found: list[Known],
) -> Iterator[Cause]:
    """Yield what a side does that its twin does not."""
    shared = _deviations(search, twin) if twin else []
    mine = _deviations(search, own)
    run, other = search.sides[side], search.sides[1 - side]
    gap = search.gap(run, own)
    assert gap is not None
    mended = (
        search.gap(other, twin) if twin and set(shared) <= set(mine) else None
    )
    alternatives = _alternatives(search, own, found)
    for deviation in mine:
        if deviation not in shared:
            yield Cause(
                side=run.side,
                key=deviation.key,
                title=deviation.title,
                certainty="reproduced by"
                if search.exact
                else "consistent with",
                why=deviation.why,
                cure=deviation.cure,
                threads=deviation.threads,
                updates=min(search.updates, run.updates),
                gap=gap,
                mended_gap=mended,
                alternatives=alternatives,
            )


def _alternatives(
    search: Search, own: Known, found: list[Known]
) -> tuple[Note, ...]:
    """Return what is as simple and gives the same numbers."""
    mine = _deviations(search, own)
    others = [
        _deviations(search, known) for known in found if known is not own
    ]
    titles = [
        deviation.title
        for deviations in others
        if len(deviations) == len(mine)
        for deviation in deviations
        if deviation not in mine
    ]
    return tuple(dict.fromkeys(titles))
