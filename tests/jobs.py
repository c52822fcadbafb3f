"""Jobs that the tests run in fresh processes."""

import json
import multiprocessing
import os
import signal
import socket

from compare.cluster import run_workers


def record_unprepared(*arguments):
    """Record an exhibit with nothing of TensorFlow switched off."""
    from compare import several, worker

    worker._prepare = lambda mode, dtype: None
    return several.record(*arguments)


class Cluster:
    """A task for a cluster, in which worker 1 misbehaves."""

    def __init__(self, fault):
        self.fault = fault

    def __call__(self, report):
        config = json.loads(os.environ["TF_CONFIG"])
        index = config["task"]["index"]
        host, port = config["cluster"]["worker"][index].split(":")
        if self.fault == "stops":  # it joins, as TensorFlow would
            self.server = socket.create_server((host, int(port)))
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
        if self.fault in ("hangs", "stops"):
            signal.pause()


def run_cluster(fault, patience, report):
    """Run two workers of which one may misbehave."""
    fork = multiprocessing.get_context("fork")
    return run_workers(fork, Cluster(fault), 2, patience, report)
