"""Fit a line, y = w * x + b, in C: the same arithmetic and nothing else."""

import ctypes
import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).with_suffix(".c")
FLAGS = ("-O3", "-ffp-contract=off", "-shared", "-fPIC")


@functools.cache
def compile_for(dtype):
    """Compile the loop with the system's C compiler; return the function."""
    real = {"float32": "float", "float64": "double"}[dtype]
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "loop.so")
        command = ["cc", *FLAGS, f"-DREAL={real}", "-o", library, SOURCE]
        subprocess.run(command, check=True)
        descend = ctypes.CDLL(str(library)).descend
    number = getattr(ctypes, f"c_{real}")
    array = np.ctypeslib.ndpointer(dtype, flags="C_CONTIGUOUS")
    sizes = ctypes.c_int, number, ctypes.c_long
    descend.argtypes = [array, array, *sizes, array, array]
    descend.restype = None
    return descend


def train(problem, mode="eager", on_step=None):
    """Run gradient descent on all rows at once; return w and b by name."""
    # --- Data
    x = np.ascontiguousarray(problem.x)
    y = np.ascontiguousarray(problem.y)

    # --- Model
    w = np.array(problem.initial["kernel"])
    b = np.array(problem.initial["bias"])
    parameters = {"kernel": w, "bias": b}

    # --- Loss and update
    descend = compile_for(x.dtype.name)

    # --- Training
    size = 1 if on_step else problem.steps
    for done in range(0, problem.steps, size):
        descend(x, y, len(x), problem.learning_rate, size, w, b)
        if on_step:
            on_step(done + 1, parameters)
    return parameters
