"""Implementations of one training: each recorded once, then judged in pairs.

All that is needed in float32 runs first, then what only float64 can decide,
each in one batch of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from compare.judging import parity
from compare.judging.clauses import mismatch
from compare.judging.differences import first_divergence
from compare.judging.proof import Run
from compare.records import Dtype, Mode
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Verdict
from compare.running.processes import Broken, Job, Progress, run_jobs


@dataclass(frozen=True, eq=False)
class Contestant:
    """One implementation in one mode. Each is equal to itself alone.

    Attributes:
        name: what reports call it.
        mode: how its updates run.
        job: dtype -> the job that records it and returns its `Trajectory`.
        provable: as in `Problem`.
    """

    name: str
    mode: Mode
    job: Callable[[Dtype], Job]
    provable: bool = True


Pair = tuple[Contestant, Contestant]


class Contest:
    """Records contestants, each once in each dtype, and judges pairs."""

    def __init__(
        self, at_once: int, timeout: float, progress: Progress | None = None
    ) -> None:
        """Say how many run at once, how long each may take, who is told."""
        self._at_once = at_once
        self._timeout = timeout
        self._progress = progress
        self._runs: dict[tuple[Contestant, Dtype], Run] = {}

    def record(
        self, contestants: Iterable[Contestant], *dtypes: Dtype
    ) -> None:
        """Record, in these dtypes, whoever has not been recorded yet."""
        due = [
            (contestant, dtype)
            for contestant in dict.fromkeys(contestants)
            for dtype in dtypes
            if (contestant, dtype) not in self._runs
        ]
        jobs = [_job(*entry) for entry in due]
        results = run_jobs(jobs, self._at_once, self._timeout, self._progress)
        for entry, result in zip(due, results, strict=True):
            self.keep(*entry, result)

    def keep(
        self, contestant: Contestant, dtype: Dtype, result: Trajectory | Broken
    ) -> None:
        """Take what a contestant's job gave, where it has run elsewhere."""
        self._runs[contestant, dtype] = (
            replace(result, side=contestant.name)
            if isinstance(result, Trajectory)
            else Failure(
                contestant.name,
                contestant.mode,
                dtype,
                result.reason,
                result.details,
            )
        )

    def run(self, contestant: Contestant, dtype: Dtype = "float32") -> Run:
        """Return what a contestant did; record it if need be."""
        self.record([contestant], dtype)
        return self._runs[contestant, dtype]

    def judge(self, pairs: Sequence[Pair]) -> dict[Pair, Verdict]:
        """Say of each pair whether both are the same training.

        A verdict has the mode of the second of its pair.
        """
        self.record(_members(pairs), "float32")
        self.record(
            _members(pair for pair in pairs if self._undecided(pair)),
            "float64",
        )
        return {pair: self._verdict(*pair) for pair in pairs}

    def _undecided(self, pair: Pair) -> bool:
        """Whether it takes float64 to tell rounding from a difference."""
        left, right = (self.run(member) for member in pair)
        return (
            _provable(pair)
            and isinstance(left, Trajectory)
            and isinstance(right, Trajectory)
            and mismatch(left, right) is None
            and left.updates == right.updates
            and left.first_non_finite is right.first_non_finite is None
            and first_divergence(left, right) is not None
        )

    def _verdict(self, left: Contestant, right: Contestant) -> Verdict:
        def rerun() -> tuple[Run, Run]:
            return self.run(left, "float64"), self.run(right, "float64")

        proof = rerun if _provable((left, right)) else None
        verdict = parity.judge(self.run(left), self.run(right), proof)
        return replace(verdict, mode=right.mode)


def _members(pairs: Iterable[Pair]) -> list[Contestant]:
    return [member for pair in pairs for member in pair]


def _provable(pair: Pair) -> bool:
    return all(member.provable for member in pair)


def _job(contestant: Contestant, dtype: Dtype) -> Job:
    job = contestant.job(dtype)
    if dtype == "float32":
        return job
    return replace(job, label=f"{job.label} in {dtype}")
