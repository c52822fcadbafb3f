"""On which of TensorFlow's devices the processes of a command run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from compare.records import UsageError
from compare.running import processes
from compare.running.processes import Advance, Broken, Job, Progress, run_jobs


@contextlib.contextmanager
def on_device(
    name: str | None, timeout: float, progress: Progress
) -> Iterator[None]:
    """Let every job run on one device: it sees no other, but for the CPU.

    Args:
        name: such as "GPU:0"; None leaves the choice to TensorFlow.
        timeout: seconds that looking for it may take.
        progress: told of that.

    Raises:
        UsageError: there is none of this name.
    """
    if name:
        job = Job("TensorFlow: devices", names_here, ())
        (found,) = run_jobs([job], 1, timeout, progress)
        # Who reads the environment says why TensorFlow does not start.
        if not isinstance(found, Broken) and name not in found:
            raise UsageError(
                f"TensorFlow sees no {name} here: give one of "
                f"{', '.join(found)} with --device"
            )
    processes.device = name or ""
    try:
        yield
    finally:
        processes.device = ""


def names_here(advance: Advance) -> list[str]:
    """Return what devices are called, such as CPU:0."""
    import tensorflow as tf

    return [_name(device) for device in tf.config.list_physical_devices()]


def use(name: str) -> None:
    """Hide all other devices from this process, but for the CPU."""
    import tensorflow as tf

    tf.config.set_visible_devices(
        [
            device
            for device in tf.config.list_physical_devices()
            if device.device_type == "CPU" or _name(device) == name
        ]
    )


def described() -> tuple[str, ...]:
    """Return the kinds of the devices that are seen; of a GPU its model."""
    import tensorflow as tf

    def said(device: Any) -> str:
        if device.device_type != "GPU":
            return str(device.device_type)
        details = tf.config.experimental.get_device_details(device)
        return f"GPU ({details.get('device_name', 'unknown model')})"

    return tuple(map(said, tf.config.get_visible_devices()))


def _name(device: Any) -> str:
    """Return CPU:0 of what TensorFlow calls /physical_device:CPU:0."""
    return str(device.name.partition(":")[2])
