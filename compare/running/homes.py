"""Environments to run in: given as an interpreter, or made with venv and pip.

What is made stays in a cache folder, under a name that says what it holds.
Another interpreter needs TensorFlow and Keras; of ours it gets the folders,
and of what we need besides, nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from compare.records import UsageError
from compare.records.peers import Backend
from compare.running import family
from compare.running.lineage import HERE, Home

OURS = ("compare", "manual", "keras_impl")
"""The packages that a process elsewhere is given."""

OLDEST = (3, 11)
"""The oldest Python that our files can be read by."""

PIP_SECONDS = 1800.0
"""What pip may take: TensorFlow is large, and a connection may be slow."""

PIP = ("-I", "-m", "pip", "--disable-pip-version-check")

LOOK_SECONDS = 60.0
"""What an interpreter may take to start."""

LOOK = (
    "import json, sys; from importlib.util import find_spec; "
    "print(json.dumps([*sys.version_info[:2], "
    "*(n for n in sys.argv[1:] if not find_spec(n))]))"
)
"""Says of an interpreter its version, and what of some modules it has not."""

NEEDED = ("tensorflow", "keras")
"""Modules without which no training of ours runs."""


def home_of(python: str) -> Home:
    """Return the environment of an interpreter.

    Raises:
        UsageError: it is none, is too old, or has no TensorFlow or Keras.
    """
    path = shutil.which(python)
    if path is None:
        raise UsageError(
            f"{python} is no program: give the path of an interpreter, such "
            "as .venv/bin/python"
        )
    version, missing = _look(path)
    if not version:
        raise UsageError(
            f"{python} is no Python interpreter: give the path of one, such "
            "as .venv/bin/python"
        )
    if version < OLDEST:
        raise UsageError(
            f"{python} is Python {'.'.join(map(str, version))}: give one of "
            f"{'.'.join(map(str, OLDEST))} or newer"
        )
    if missing:
        raise UsageError(
            f"{python} has no {' and no '.join(missing)}: install it there"
        )
    return Home(os.path.abspath(path), (str(_ours()),))  # noqa: PTH100


def on_backend(home: Home, backend: Backend, name: str) -> Home:
    """Return an environment in which Keras computes with something else.

    Raises:
        UsageError: it is not installed there.
    """
    if home.python:
        has = not _look(home.python, (backend,))[1]
    else:  # Keras alone may be laid over the present environment
        has = find_spec(backend) is not None
    if has:
        return replace(home, backend=backend)
    where = f"{name} has" if home != HERE else "this environment has"
    raise UsageError(
        f'{where} no {backend}: install it there, or give --with "tensorflow '
        f'keras {backend}"'
    )


def _look(
    path: str, needed: Sequence[str] = NEEDED
) -> tuple[tuple[int, ...], list[str]]:
    """Return the version of a Python, and what it has not; else nothing."""
    try:
        done = subprocess.run(
            [path, "-E", "-c", LOOK, *needed],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=LOOK_SECONDS,
        )
        major, minor, *missing = json.loads(done.stdout)
        return (int(major), int(minor)), list(map(str, missing))
    except (OSError, ValueError, TypeError, subprocess.TimeoutExpired):
        return (), []


def home_with(requirement: str) -> Home:
    """Return an environment that holds what pip installs for a requirement.

    Keras alone is laid over the present environment, which takes seconds;
    anything else gets a virtual environment of its own.

    Args:
        requirement: as pip takes it, such as "keras==3.13.2 tensorflow==2.20".

    Raises:
        UsageError: pip cannot install it; says why.
    """
    words = requirement.split()
    overlay = all(name_in(word) == "keras" for word in words)
    place = _cache() / _key(words)
    if not place.is_dir():
        _make(words, place, overlay)
    if overlay:
        return Home("", (str(place),))
    return home_of(str(place / "bin" / "python"))


def name_in(word: str) -> str:
    """Return the name of the package that a requirement is about."""
    return re.split(r"[^\w.-]", word, maxsplit=1)[0].lower()


def releases(package: str) -> list[str]:
    """Return the releases of a package that pip finds, oldest first.

    Raises:
        UsageError: pip finds none.
    """
    words = [sys.executable, *PIP, "index", "versions", package]
    said = _run(words, f"pip finds no releases of {package}")
    found = re.search(r"^Available versions: (.+)$", said, re.M)
    assert found is not None
    return found[1].split(", ")[::-1]


def _make(words: Sequence[str], place: Path, overlay: bool) -> None:
    """Install into a folder that gets its name when it is complete."""
    about = f"pip cannot install {' '.join(words)}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        made = str(Path(folder) / "made")
        python, how = sys.executable, ["--no-deps", "--target", made]
        if not overlay:
            _run([python, "-m", "venv", made], about)
            python, how = str(Path(made) / "bin" / "python"), []
        _run([python, *PIP, "install", "--quiet", *how, *words], about)
        Path(made).rename(place)


def _run(words: Sequence[str], about: str) -> str:
    """Run a tool; return what it says.

    Raises:
        UsageError: it fails; says what it named as the error.
    """
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PIP_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"{about}: no end within {PIP_SECONDS:g} s; try again"
        ) from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["?"]
        errors = [x for x in lines if x.startswith("ERROR: ")] or lines
        raise UsageError(f"{about}: {errors[-1].removeprefix('ERROR: ')}")
    return done.stdout


def _key(words: Sequence[str]) -> str:
    """Name the folder of a requirement, for people and without collisions."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    text = " ".join([f"python{version}", *sorted(words)])
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9.=]+', '-', text)[:80]}-{digest}"


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "gradient-twins"


def _ours() -> Path:
    """Return a folder that holds our packages and nothing else.

    What lies beside them may be a whole environment, with a TensorFlow.
    """
    folder = Path(family.current().folder) / "ours"
    if not folder.is_dir():
        folder.mkdir()
        for name in OURS:
            (folder / name).symlink_to(_root() / name)
    return folder


def _root() -> Path:
    return Path(__file__).parents[2]
