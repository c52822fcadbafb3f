"""Makes mistakes for real, in fresh processes, and says what happened."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.judging.ratios import ratio
from compare.lessons.exhibits import exhibit
from compare.mistakes import probe
from compare.mistakes.patching import diff, mutant_source, problem_for
from compare.records import SIDES, Failure, Note, Trajectory, Verdict, note
from compare.records.mistakes import Cost, Mistake, MistakeReport, Raised
from compare.records.timing import Ratio
from compare.running.processes import Broken, Job, Progress, Silent, run_jobs

Results = dict[tuple[Any, ...], Any]


def observe(
    mistakes: Sequence[Mistake],
    at_once: int = 2,
    timeout: float = 120.0,
    rounds: int = 1,
    progress: Progress | None = None,
) -> tuple[MistakeReport, ...]:
    """Make each mistake and say what happened.

    Args:
        mistakes: rows of the catalogue.
        at_once: processes beside each other; timing uses one.
        timeout: seconds that one process may take.
        rounds: fresh processes in which a slow mistake is timed, and as many
            for the exhibit without it; an interval needs five.
        progress: told of every process.

    Raises:
        ValueError: a patch does not fit its exhibit.
    """
    progress = progress or Silent()
    with tempfile.TemporaryDirectory() as folder:
        # The files must outlive the runs: AutoGraph reads their source.
        mutants = {m.key: _write(m, Path(folder)) for m in mistakes}
        jobs = _jobs(mistakes, mutants)
        found = dict(
            zip(
                jobs,
                run_jobs(list(jobs.values()), at_once, timeout, progress),
                strict=True,
            )
        )
        slow = [m for m in mistakes if m.kind == "slow"]
        found |= _time(slow, mutants, rounds, timeout, progress)
    return tuple(_report(mistake, found) for mistake in mistakes)


def _write(mistake: Mistake, folder: Path) -> str:
    path = folder / f"{mistake.key.replace('-', '_')}.py"
    path.write_text(mutant_source(mistake))
    return f"{path}:train"


def _twin(mistake: Mistake) -> tuple[Any, ...]:
    """Name the run that the mistake is compared with; rows share it."""
    (side,) = (side for side in SIDES if side != mistake.side)
    hyper = tuple(sorted(mistake.hyper.items()))
    size = mistake.updates, mistake.batch_size
    return "twin", side, mistake.lesson, mistake.mode, size, hyper


def _jobs(
    mistakes: Sequence[Mistake], mutants: dict[str, str]
) -> dict[tuple[Any, ...], Job]:
    jobs: dict[tuple[Any, ...], Job] = {}
    for mistake in mistakes:
        key, problem, mode = mistake.key, problem_for(mistake), mistake.mode
        reference = mutants[key]
        if mistake.kind == "error":
            arguments: tuple[Any, ...] = (reference, problem, mode)
            jobs["mutant", key] = Job(key, probe.attempt, arguments)
            continue
        arguments = (reference, mistake.side, problem, mode)
        jobs["mutant", key] = Job(key, probe.record_twice, arguments)
        twin = _twin(mistake)
        _, side, lesson, *_ = twin
        arguments = (exhibit(side, lesson), side, problem, mode)
        label = f"{lesson} {side} {mode}"
        jobs[twin] = Job(label, probe.record_twice, arguments)
        if mistake.kind == "slow":
            for which, name in _pair(mistake, reference).items():
                jobs["count", key, which] = Job(
                    f"{key}: count", probe.count_cost, (name, problem, mode)
                )
    return jobs


def _pair(mistake: Mistake, reference: str) -> dict[str, str]:
    mended = exhibit(mistake.side, mistake.lesson)
    return {"bad": reference, "mended": mended}


def _time(
    slow: Sequence[Mistake],
    mutants: dict[str, str],
    rounds: int,
    timeout: float,
    progress: Progress,
) -> Results:
    """Time both sides of each slow mistake, alone, in random order."""
    found: Results = {}
    for place in range(rounds):
        jobs = {
            ("time", m.key, which, place): Job(
                f"{m.key}: time {which}",
                probe.time_updates,
                (name, problem_for(m).without_stopping(), m.mode),
            )
            for m in slow
            for which, name in _pair(m, mutants[m.key]).items()
        }
        keys = random.sample(list(jobs), len(jobs))
        order = [jobs[key] for key in keys]
        results = run_jobs(order, 1, timeout, progress)
        found |= dict(zip(keys, results, strict=True))
    return found


def _report(mistake: Mistake, found: Results) -> MistakeReport:
    mutant = found["mutant", mistake.key]
    blank = MistakeReport(mistake, diff(mistake), False)
    if mistake.kind == "error":
        return _raised(blank, mutant)
    runs = {mistake.side: mutant, _twin(mistake)[1]: found[_twin(mistake)]}
    pairs = [_runs(runs[side], side, mistake) for side in SIDES]
    (left, left64), (right, right64) = pairs
    verdict = judge(left, right, lambda: (left64, right64))
    if mistake.kind == "slow":
        return _slow(blank, verdict, found)
    return replace(
        blank,
        caught=verdict.outcome == "different",
        verdict=verdict,
        first_update=_first_updates(mutant, found[_twin(mistake)]),
    )


def _runs(result: Any, side: str, mistake: Mistake) -> tuple[Run, Run]:
    if isinstance(result, Broken):
        failure = Failure(
            side, mistake.mode, "float32", result.reason, result.details
        )
        return failure, failure
    run, run64 = result
    return run, run64


def _first_updates(mutant: Any, twin: Any) -> dict[str, float]:
    """Return each parameter's first update in units of the twin's."""
    if isinstance(mutant, Broken) or isinstance(twin, Broken):
        return {}
    found = {}
    for name, values in _first(twin[0]).items():
        length = float(values @ values)
        if length:
            found[name] = float(_first(mutant[0])[name] @ values) / length
    return found


def _first(run: Trajectory) -> dict[str, np.ndarray]:
    return {
        name: np.ravel(values[1].astype(float) - values[0])
        for name, values in run.parameters.items()
    }


def _raised(blank: MistakeReport, result: Any) -> MistakeReport:
    if isinstance(result, Broken):
        return replace(blank, broken=(_broken(result),))
    if result is None:
        return blank
    assert isinstance(result, Raised)
    return replace(blank, caught=True, raised=result)


def _broken(run: Broken) -> Note:
    return note("A run broke: {reason}.", reason=run.reason)


def _slow(
    blank: MistakeReport, verdict: Verdict, found: Results
) -> MistakeReport:
    """Compare the costs of a slow mistake, once the parameters are equal."""
    mistake = blank.mistake
    report = replace(blank, verdict=verdict)
    mine = {k: v for k, v in found.items() if mistake.key in k[:2]}
    broken = [_broken(v) for v in mine.values() if isinstance(v, Broken)]
    if broken or not verdict.agree:
        return replace(report, broken=tuple(broken))
    problem = problem_for(mistake)
    costs = {
        which: probe.cost(
            problem,
            mine["count", mistake.key, which],
            tuple(
                sample
                for key, sample in mine.items()
                if key[0] == "time" and key[2] == which
            ),
        )
        for which in ("bad", "mended")
    }
    bad, mended = costs["bad"], costs["mended"]
    times = _ratio(_per_update(mended), _per_update(bad, mistake))
    more = (
        mistake.counts_start
        or bad.python_runs > mended.python_runs
        or bad.iterators > mended.iterators
        or bad.fits > mended.fits
    )
    return replace(
        report,
        caught=more and not (times and times.value <= 1),
        bad=bad,
        mended=mended,
        ratio=times,
    )


def _ratio(left: list[float], right: list[float]) -> Ratio | None:
    """Return right against left, or None if too noisy or not timed."""
    if not left:
        return None
    try:
        return ratio(left, right)
    except ValueError:
        return None


def _per_update(cost: Cost, mistake: Mistake | None = None) -> list[float]:
    """Return seconds per update, one value per process."""
    start = bool(mistake and mistake.counts_start)
    return [
        sample.per_epoch / cost.updates_per_epoch
        + start * sample.first_call / cost.updates
        for sample in cost.samples
    ]
