"""Releases of Keras in a local folder, some with a line that was changed."""

from __future__ import annotations

import zipfile

KERAS = '''"""The Keras that is installed, with a change."""
import sys
from pathlib import Path

own = Path(__file__).parents[1]
(real, *_) = (
    Path(place) / "keras"
    for place in sys.path
    if Path(place) != own and (Path(place) / "keras/__init__.py").exists()
)
__path__[:] = [str(real)]
exec((real / "__init__.py").read_text())
{change}
__version__ = "{release}"
'''

LONGER = """
from keras.src.optimizers.sgd import SGD

plain = SGD.update_step
SGD.update_step = lambda self, gradient, variable, rate: plain(
    self, gradient, variable, rate * 1.01
)
"""
"""Steps of SGD that are 1 % too long."""

SLOWER = """
from keras.src.callbacks.callback_list import CallbackList

plain = CallbackList.on_train_batch_end

def slow(self, *given):
    sum(range(20_000_000))
    return plain(self, *given)

CallbackList.on_train_batch_end = slow
"""
"""Some tenths of a second more for each update of fit: no noise is as much."""


def release(folder, number, change=""):
    """Write keras==NUMBER as a wheel, which pip takes from the folder."""
    info = f"keras-{number}.dist-info"
    files = {
        "keras/__init__.py": KERAS.format(change=change, release=number),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: keras\nVersion: {number}\n"
        ),
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n"
        ),
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in files)
    with zipfile.ZipFile(
        folder / f"keras-{number}-py3-none-any.whl", "w"
    ) as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
