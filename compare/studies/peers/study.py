"""Run one training in several frameworks; judge and time each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from compare.lessons.problems import problem_of
from compare.records import Dtype, UsageError
from compare.records.peers import Backend, PeerResult, Peers, PeerSample
from compare.records.problem import Problem, Settings
from compare.records.report import Environment
from compare.records.runs import Failure, Trajectory
from compare.records.timing import Effort
from compare.records.verdicts import Verdict
from compare.running import worker
from compare.running.contest import Contest, Contestant
from compare.running.processes import Job, Progress
from compare.running.timing import take_turns
from compare.studies.lesson.report import QUICK_STEPS
from compare.studies.peers.catalogue import (
    AGAIN,
    AGAINST,
    SECOND_ORDER,
    Peer,
    versions,
    why_missing,
)
from compare.studies.peers.probe import (
    Task,
    record_peer,
    record_second_order,
    time_peer,
)

SAME_START = 1e-4
"""How far a timed training may be from the recorded one, relative to how far
it moved. Unwatched, XLA may round a loop in another way, by some 1e-7; a
training that does something else is off by far more."""


def problem_for(lesson: str, quick: bool) -> Problem:
    """Return a lesson's problem, with fewer updates where it shall be quick.

    Raises:
        UsageError: the lesson is unknown or cannot run here.
    """
    steps = QUICK_STEPS if quick else None
    problem = problem_of(lesson, Settings(steps=steps))
    if problem.workers > 1 or "folder" in problem.hyper:
        raise UsageError(
            f"{problem.lesson} trains in several processes, which are "
            "TensorFlow's here: choose another lesson"
        )
    return problem


def measure_peers(
    problem: Problem,
    peers: Sequence[Peer],
    missing: Sequence[str],
    effort: Effort,
    timeout: float,
    environment: Environment,
    progress: Progress,
) -> Peers:
    """Judge every training, time those that are the same.

    Args:
        problem: what is trained.
        peers: by what; among them the one that others are compared with.
        missing: a sentence for each that cannot run here.
        effort: how long to time.
        timeout: seconds that one process may take.
        environment: where it runs.
        progress: told of every process.
    """
    bench = Bench(problem, timeout, environment.cpus, progress)
    results, floor, broken = bench.time(peers, bench.judge(peers), effort)
    return Peers(
        lesson=problem.lesson,
        updates=problem.steps,
        versions=versions(),
        results=results,
        floor=floor,
        left_out=(*missing, *broken),
    )


def choose(
    peers: Sequence[Peer], backends: Sequence[Backend] | None
) -> tuple[tuple[Peer, ...], tuple[str, ...]]:
    """Choose what can run here.

    With `backends`, Keras on them, on TensorFlow, and what all are compared
    with.

    Returns:
        The peers, and a sentence for each that is left out.

    Raises:
        UsageError: a backend that was asked for is not installed.
    """
    if backends is not None:
        for backend in backends:
            if missing := why_missing(backend):
                raise UsageError(missing)
        peers = [
            peer
            for peer in peers
            if peer.name == AGAINST
            or (
                peer.backend in ("tensorflow", *backends)
                and peer.lesson == peers[0].lesson
            )
        ]
    reasons = {peer.name: why_missing(peer.needs) for peer in peers}
    return (
        tuple(peer for peer in peers if not reasons[peer.name]),
        tuple(f"{name}: {why}" for name, why in reasons.items() if why),
    )


class Bench:
    """Runs implementations of one problem.

    Attributes:
        contest: has recorded them.
    """

    def __init__(
        self,
        problem: Problem,
        timeout: float,
        at_once: int,
        progress: Progress,
    ) -> None:
        self.problem = problem
        self.timeout = timeout
        self.progress = progress
        self.contest = Contest(at_once, timeout, progress)
        self._members: dict[str, Contestant] = {}

    def judge(self, peers: Sequence[Peer]) -> tuple[PeerResult, ...]:
        """Record every training and compare it with its reference's."""
        (first,) = (peer for peer in peers if peer.name == AGAINST)
        references = [replace(first, name=peer.against) for peer in peers]
        self._members = {
            peer.name: Contestant(
                peer.name, peer.mode, partial(self._record_job, peer)
            )
            for peer in (*references, *peers)
        }
        pairs = {
            peer: (self._members[peer.against], self._members[peer.name])
            for peer in peers
        }
        verdicts = self.contest.judge(list(pairs.values()))
        return tuple(
            self._result(peer, verdicts[pair]) for peer, pair in pairs.items()
        )

    def _result(self, peer: Peer, verdict: Verdict) -> PeerResult:
        run = self.contest.run(self._members[peer.name])
        return PeerResult(
            name=peer.name,
            kind=peer.kind,
            reference=peer.reference,
            mode=peer.mode,
            backend=peer.backend,
            against=peer.against,
            verdict=verdict,
            note=peer.note,
            details=run.details if isinstance(run, Failure) else "",
            ends=run.results if isinstance(run, Trajectory) else {},
        )

    def time(
        self,
        peers: Sequence[Peer],
        results: Sequence[PeerResult],
        effort: Effort,
    ) -> tuple[
        tuple[PeerResult, ...], tuple[PeerSample, ...], tuple[str, ...]
    ]:
        """Time what is the same training, in turns, one process at a time.

        Returns:
            The results with their samples, those of what all are compared
            with once more, as if it were another, and why a process gave
            none.
        """
        timed = {
            peer.name: peer
            for peer, result in zip(peers, results, strict=True)
            if result.verdict.agree
        }
        if AGAINST in timed:
            timed[AGAIN] = timed[AGAINST]
        jobs = {name: self._time_job(peer) for name, peer in timed.items()}
        turns = take_turns(jobs, effort, self.timeout, self.progress)
        taken: dict[str, list[PeerSample]] = {
            name: [] for name in (*self._members, AGAIN)
        }
        elsewhere = []
        for name, peer in timed.items():
            run = self.contest.run(self._members[peer.name])
            assert isinstance(run, Trajectory)
            for sample, parameters in turns.of(name):
                why = why_elsewhere(run, sample.runs[0][0], parameters)
                if why:
                    elsewhere.append(f"{name}: {why}")
                else:
                    taken[name].append(sample)
        found = tuple(
            replace(result, samples=tuple(taken[result.name]))
            for result in results
        )
        broken = tuple(dict.fromkeys([*turns.broken, *elsewhere]))
        return found, tuple(taken[AGAIN]), broken

    def _record_job(self, peer: Peer, dtype: Dtype) -> Job:
        task = self._task(peer)
        label = f"{peer.name}: {self.problem.steps:,} updates"
        if not peer.on_tensorflow:
            return Job(label, record_peer, (task, peer.name, dtype), bare=True)
        arguments = (peer.reference, peer.name, task.problem(), peer.mode)
        twice = peer.name == SECOND_ORDER
        record = record_second_order if twice else worker.record
        return Job(label, record, (*arguments, dtype))

    def _time_job(self, peer: Peer) -> Job:
        task = self._task(peer)
        return Job(f"{peer.name}: time", time_peer, (task,), bare=True)

    def _task(self, peer: Peer) -> Task:
        return Task(
            reference=peer.reference,
            lesson=peer.lesson,
            steps=self.problem.steps,
            mode=peer.mode,
            backend=peer.backend,
        )


def why_elsewhere(
    run: Trajectory, updates: int, parameters: dict[str, np.ndarray]
) -> str:
    """Say where a timed training is not the one that was recorded, or ""."""
    for name, path in run.parameters.items():
        bound = SAME_START * np.abs(path[updates] - path[0]).max()
        value = parameters[name].reshape(path.shape[1:])
        if not np.abs(value - path[updates]).max() <= bound:
            return (
                f"timed, {name} is elsewhere after update {updates:,} than "
                "when every update was watched"
            )
    return ""
