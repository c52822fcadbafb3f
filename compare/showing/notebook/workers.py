"""The notebook's cells for a lesson that takes several processes."""

from __future__ import annotations

from compare.showing.notebook.recording import recording

WORKER = """\
%%writefile worker.py
\"\"\"Be one worker: train, save the path of the chief, wait to be ended.\"\"\"

import importlib
import json
import os
import pickle
import sys

import numpy as np
{recording}

_, module, mode = sys.argv
with open("problem.pickle", "rb") as file:
    problem = pickle.load(file)
path, _ = record(importlib.import_module(module).train, problem)
if json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0:
    np.savez(f"{{module}}.npz", **path)
print("done", flush=True)
sys.stdin.read()  # whoever leaves early is a crash to the others
"""

LAUNCH = """\
import json
import pickle
import socket
import subprocess
import sys
import tempfile
from types import SimpleNamespace


def addresses(count):
    \"\"\"Find free ports on this machine.\"\"\"
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    names = ["{}:{}".format(*each.getsockname()) for each in held]
    for each in held:
        each.close()
    return names


def start(module, task, cluster, folder):
    \"\"\"Start one worker, its temporary files in a folder.\"\"\"
    settings = {
        "TF_CONFIG": json.dumps({"cluster": cluster, "task": task}),
        "TMPDIR": folder,
        "no_grpc_proxy": "127.0.0.1",  # workers reach each other directly
    }
    return subprocess.Popen(
        [sys.executable, "worker.py", module, mode],
        env={**os.environ, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(module, problem, workers=2):
    \"\"\"Train in processes that TF_CONFIG makes a cluster.\"\"\"
    with open("problem.pickle", "wb") as file:
        pickle.dump(problem, file)
    cluster = {"worker": addresses(workers)}
    with tempfile.TemporaryDirectory() as folder:
        processes = [
            start(module, {"type": "worker", "index": i}, cluster, folder)
            for i in range(workers)
        ]
        try:
            for process in processes:
                if process.stdout.readline() != "done\\n":
                    raise RuntimeError(process.stderr.read()[-2000:])
        finally:
            for process in processes:
                process.kill()
                process.communicate()
    with np.load(f"{module}.npz") as path:
        return dict(path)
"""

RUN = """\
manual = run("multi_worker_manual", problem)
keras_path = run("multi_worker_keras", problem)
"""


def worker(lesson: str) -> str:
    """Return the cell that writes the file which every worker runs."""
    return WORKER.format(recording="\n\n".join(recording(lesson)))
