"""Where all runs: this machine, and what is installed on it."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import numpy as np

from compare.records import UsageError
from compare.records.report import Environment
from compare.running.devices import described
from compare.running.lineage import HERE, Home
from compare.running.processes import Advance, Broken, Job, Progress, run_jobs

FLOATS = ("float16", "float32", "float64")
FORMATS = ("channels_last", "channels_first")
"""What Keras takes as floatx and as image_data_format."""


def read_environment(
    timeout: float, progress: Progress, home: Home = HERE
) -> Environment:
    """Start TensorFlow, here or in another environment; describe it.

    Raises:
        UsageError: TensorFlow cannot be imported.
    """
    job = Job("TensorFlow: import", environment_here, (), home=home)
    (environment,) = run_jobs([job], 1, timeout, progress)
    if isinstance(environment, Broken):
        cure = "install this project again, see the README"
        if home != HERE:
            cure = "install it anew there, or give another environment"
        if keras_json := _unusable_settings():
            cure = f"mend or delete {keras_json}, which Keras reads first"
        raise UsageError(
            f"TensorFlow does not start: {environment.reason}; {cure}"
        )
    assert isinstance(environment, Environment)
    return environment


def _unusable_settings() -> Path | None:
    """Return Keras's settings file if Keras would not start with it.

    These are the checks of `keras/src/backend/config.py`, which takes what is
    no JSON for empty.
    """
    home = Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")
    folder = Path(os.environ.get("KERAS_HOME", home / ".keras")).expanduser()
    path = folder / "keras.json"
    if not path.exists():
        return None
    try:
        settings = json.loads(path.read_bytes()) if path.is_file() else None
    except ValueError:
        return None
    except (OSError, RecursionError):
        return path
    usable = (
        isinstance(settings, dict)
        and settings.get("floatx", "float32") in FLOATS
        and isinstance(settings.get("epsilon", 1e-7), float)
        and settings.get("image_data_format", "channels_last") in FORMATS
    )
    return None if usable else path


def environment_here(advance: Advance) -> Environment:
    """Describe this machine and what is installed on it."""
    import keras
    import tensorflow as tf

    from compare.running import preload

    if preload.ERROR:
        raise preload.ERROR
    return Environment(
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
        system=f"{platform.system()} {platform.machine()}",
        cpus=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        devices=described(),
        import_seconds=preload.IMPORT_SECONDS,
        import_bytes=preload.IMPORT_BYTES,
    )
