"""Jobs that the tests run in fresh processes."""

import json
import os
import signal

import numpy as np

from compare.records.runs import Trajectory
from compare.running.cluster import run_workers


def record_impatiently(*arguments):
    """Record a cluster that is given up after 12 s without an update."""
    from compare.running import multiprocess

    multiprocess.PATIENCE = 12.0
    return multiprocess.record(*arguments)


def record_behind_a_proxy(bypassed, *arguments):
    """Record a cluster where the environment names a proxy that is absent."""
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        os.environ[name] = "http://127.0.0.1:9"
    os.environ.update(bypassed)
    return record_impatiently(*arguments)


def orders(prepared, optimised, advance):
    """Return in which order pipelines that shuffle and repeat give rows."""
    import tensorflow as tf

    from compare.running import worker

    if prepared:
        worker.prepare("float32")
    options = tf.data.Options()
    if not optimised:
        optimisation = options.experimental_optimization
        optimisation.apply_default_optimizations = False
    rows = tf.data.Dataset.range(10)
    shuffled = rows.shuffle(4, seed=7)
    pipelines = (
        shuffled.repeat(3),
        shuffled.repeat(3).batch(3),
        shuffled.map(lambda row: row + 1).batch(4).repeat(2).prefetch(2),
        rows.repeat(2).shuffle(4, seed=7),
    )
    return [
        [np.array(rows).tolist() for rows in p.with_options(options)]
        for p in pipelines
    ]


def record_plainly(*arguments):
    """Train as a user does: watch nothing, switch nothing off.

    Start and end are kept.
    """
    from compare.running import multiprocess, worker

    worker.observe = _unwatched
    worker.prepare = lambda dtype: None
    return multiprocess.record(*arguments)


def _unwatched(reference, side, problem, mode, dtype, report):
    from compare.running import recording, worker

    problem = problem.astype(dtype)
    with worker.with_files(problem) as given:
        exhibit = worker.load_exhibit(reference)
        returned = worker.train(exhibit, given, mode)
    results = recording.results_of(returned, problem)
    return Trajectory(
        side=side,
        mode=mode,
        dtype=dtype,
        parameters={
            name: np.stack([first, results[name].reshape(first.shape)])
            for name, first in problem.initial.items()
        },
        results=results,
        losses=np.zeros(2),
    )


def record_meddling(*arguments):
    """Record with a watch that changes what it should only copy."""
    from compare.running import watch, worker

    seen = watch.Watch._seen

    def meddle(self):
        seen(self)
        for variable in self.variables:
            if variable.dtype.is_floating:
                variable.assign(variable * (1 + 1e-6))

    watch.Watch._seen = meddle
    return worker.record(*arguments)


def record_with_little_room(*arguments):
    """Record with a watch that may keep 20 bytes."""
    from compare.running import watch, worker

    watch.MOST_BYTES = 20
    return worker.record(*arguments)


def xla_asked_for(report):
    """Return who is compiled by XLA in mode xla: a hand, a hand that says no.

    And whether the stand-in is gone afterwards.
    """
    import tensorflow as tf

    from compare.running.modes import turned

    def compiled(function):
        try:
            function.experimental_get_compiler_ir(tf.ones(3))()
        except ValueError:
            return False
        return True

    def double(x):
        return x * 2

    with turned("xla"):
        asked = tf.function(double), tf.function(double, jit_compile=False)
    after = tf.function(double)
    return [compiled(function) for function in (*asked, after)]


class Cluster:
    """A task for a cluster, in which worker 1 misbehaves."""

    def __init__(self, fault):
        self.fault = fault

    def __call__(self, report):
        index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
        if index == 1 and self.fault == "is absent":
            signal.pause()
        for update in range(1, 4):
            report(update, 3)
            if index == 1:
                self.misbehave()
        return index, os.environ["TF_CONFIG"].count("127.0.0.1")

    def misbehave(self):
        if self.fault == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "leaves":
            os._exit(3)
        if self.fault == "raises":
            raise ValueError("bad luck")
        if self.fault == "hangs":
            signal.pause()


def run_cluster(fault, patience, report):
    """Run two workers of which one may misbehave."""
    return run_workers(Cluster(fault), 2, patience, report)


def lifted_dtypes(report):
    """Return the dtypes that a user's ways to say float32 give."""
    from compare.pairs import in_float64
    from tests import says_float32

    in_float64.train_in_float64(says_float32.dtypes)
    return says_float32.dtypes()


def descend(rate, dtype, advance):
    """Train the classic line by numpy; without a rate, fail."""
    if rate is None:
        raise ValueError("no rate")
    x = np.arange(1, 6, dtype=dtype)
    path = [np.ones(1, dtype)]
    for _ in range(5):
        path.append(path[-1] - np.array(rate, dtype) * np.mean(x * path[-1]))
    return Trajectory(
        side="",
        mode="graph",
        dtype=dtype,
        parameters={"w": np.stack(path)},
        results={},
        losses=np.array([]),
    )


def run_cells(sources, folder, advance):
    """Run a notebook's code cells as a kernel does; return what they print."""
    os.chdir(folder)
    os.environ.update(IPYTHONDIR=folder, MPLBACKEND="agg")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    with capture_output() as output:
        results = [shell.run_cell(source) for source in sources]
    for result in results:
        result.raise_error()
    return output.stdout


def called(function, *arguments):
    """Call a function without telling how far it is."""
    return function(*arguments[:-1])
