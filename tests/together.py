"""Stand-ins for `run_jobs` where a fresh process is not what is tested.

TensorFlow's start takes as long as a short training. What a training gives
depends neither on who ran before it nor on when it is made: `test_exhibits`
holds runs that were made in turn against such as have a process of their own.
"""

import pickle
import traceback
from dataclasses import replace
from pathlib import Path

from compare.running.multiprocess import record
from compare.running.processes import Broken, Job, run_jobs

MOST = 16
"""Trainings in a process: what they leave behind slows down the next ones."""


_kept = {}
"""What `key_of` gives of a job -> its result, pickled."""


def key_of(job):
    """Return what a job's result depends on: the text of its side too."""
    side, *_ = job.arguments
    file = Path(side.rpartition(":")[0] or side if type(side) is str else "")
    text = file.read_bytes() if file.is_file() else b""
    return pickle.dumps((text, job.function, job.arguments))


def run_once(jobs, at_once, timeout, progress=None):
    """Run what no test has run before; give what the same job gave."""
    keys = [key_of(job) for job in jobs]
    due = {k: j for k, j in zip(keys, jobs, strict=True) if k not in _kept}
    found = run_jobs([*due.values()], at_once, timeout, progress)
    _kept.update(zip(due, map(pickle.dumps, found), strict=True))
    return [pickle.loads(_kept[key]) for key in keys]


def run_together(jobs, at_once, timeout, progress=None):
    """Run several trainings in each process, one after the other."""
    shared = [number for number, job in enumerate(jobs) if may_share(job)]
    size = min(MOST, -(-len(shared) // at_once))
    groups = [shared[i : i + size] for i in range(0, len(shared), size or 1)]
    alone = [number for number in range(len(jobs)) if number not in shared]
    work = [
        replace(
            jobs[own[0]],
            function=train_in_turn,
            arguments=([(jobs[n].function, jobs[n].arguments) for n in own],),
        )
        for own in groups
    ]
    work += [jobs[number] for number in alone]
    found = run_jobs(work, at_once, timeout * max(size, 1), progress)
    results = dict(zip(alone, found[len(groups) :], strict=True))
    for own, given in zip(groups, found[: len(groups)], strict=True):
        if isinstance(given, Broken):
            given = [given] * len(own)
        results |= dict(zip(own, given, strict=True))
    return [results[number] for number in range(len(jobs))]


def may_share(job: Job) -> bool:
    """Whether a job is a training that forks no processes of its own."""
    if job.function is not record:
        return False
    problem = job.arguments[2]
    return problem.workers == 1 and "folder" not in problem.hyper


def train_in_turn(work, advance):
    """Do each job as if it were the first; return what they give."""
    import tensorflow as tf

    from compare.running.server import _reason

    iterate, results = tf.data.Dataset.__iter__, []
    for function, arguments in work:
        try:
            results.append(function(*arguments, advance))
        except Exception as error:
            told = traceback.format_exc()
            results.append(Broken(_reason(error), told))
        forget(iterate)
    return results


def forget(iterate):
    """Undo what a training, and its preparation, leave behind."""
    import keras
    import tensorflow as tf

    tf.data.Dataset.__iter__ = iterate
    keras.utils.clear_session()
    tf.random.set_seed(None)
