"""Jobs that the tests run in fresh processes."""

import json
import multiprocessing
import os
import signal

from compare.cluster import run_workers


def record_unprepared(*arguments):
    """Record an exhibit with nothing of TensorFlow switched off."""
    from compare import several, worker

    worker.prepare = lambda mode, dtype: None
    return several.record(*arguments)


def record_impatiently(*arguments):
    """Record a cluster that is given up after 12 s without an update."""
    from compare import several

    several.PATIENCE = 12.0
    return several.record(*arguments)


def record_behind_a_proxy(bypassed, *arguments):
    """Record a cluster where the environment names a proxy that is absent."""
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        os.environ[name] = "http://127.0.0.1:9"
    os.environ.update(bypassed)
    return record_impatiently(*arguments)


def train_unwatched(reference, problem, mode, report):
    """Train without an observer; return the parameters."""
    from compare.worker import load_exhibit

    parameters = load_exhibit(reference)(problem, mode)
    return {name: value.numpy() for name, value in parameters.items()}


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
    fork = multiprocessing.get_context("fork")
    return run_workers(fork, Cluster(fault), 2, patience, report)


def lifted_dtypes(report):
    """Return the dtypes that a user's ways to say float32 give."""
    from compare.pairs import lift
    from tests import says_float32

    lift.lift(says_float32.dtypes)
    return says_float32.dtypes()
