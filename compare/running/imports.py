"""What importing costs each side, in fresh interpreters.

All other processes are forked from one that has imported TensorFlow and Keras
already; these start from nothing, as a user's program does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial

from compare.judging.ratios import FEWEST
from compare.records import SIDES, Side
from compare.records.timing import Effort, ImportCost, Imports
from compare.running.processes import Job, Progress, RunError, why_it_ended
from compare.running.recording import Report
from compare.running.timing import take_turns

MODULES: dict[Side, str] = {"manual": "tensorflow", "keras": "keras"}

SETTINGS: dict[Side, dict[str, str]] = {
    "manual": {"TF_USE_LEGACY_KERAS": "1"},
    "keras": {"TF_USE_LEGACY_KERAS": "0", "KERAS_BACKEND": "tensorflow"},
}
"""Environment variables. `import tensorflow` imports Keras too, unless it is
told to use the old Keras, which it looks for only when that is needed."""

PROGRAM = """
import json, resource, sys, time
start = time.perf_counter()
import {module}
seconds = time.perf_counter() - start
if sys.platform == "linux":  # ru_maxrss is inherited from who started this
    status = open("/proc/self/status").read()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, peak]))
"""


def import_costs(timeout: float, progress: Progress) -> Imports:
    """Time each side's import, the sides in turns.

    Args:
        timeout: seconds that one interpreter may take.
        progress: told of every interpreter.
    """
    jobs = {
        side: partial(
            Job, f"{side}: import {MODULES[side]}", import_afresh, (side,)
        )
        for side in SIDES
    }
    rounds, broken = take_turns(jobs, Effort(FEWEST), timeout, progress)
    costs = []
    for side in SIDES:
        found = [results[side] for results in rounds if side in results]
        costs.append(
            ImportCost(
                side,
                MODULES[side],
                seconds=tuple(seconds for seconds, _ in found),
                peak_bytes=tuple(peak for _, peak in found),
            )
        )
    return Imports(tuple(costs), broken)


def import_afresh(side: Side, report: Report) -> tuple[float, int]:
    """Import what a side needs in a new interpreter.

    Returns:
        Seconds, and the interpreter's peak memory in bytes.

    Raises:
        RunError: the import failed.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=MODULES[side])],
        env={**os.environ, **SETTINGS[side]},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        why = (done.stderr.splitlines() or [why_it_ended(done.returncode)])[-1]
        raise RunError(f"import {MODULES[side]} failed: {why}")
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), int(peak)
