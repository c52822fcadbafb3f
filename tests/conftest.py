"""Shared problems and hand-made trajectories; the order of the files."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from together import run_once

import compare
from compare.lessons.problems import problem_of
from compare.pairs import pair, runs
from compare.pairs.diagnosis import diagnose
from compare.records.problem import Problem, Settings
from compare.records.report import Report
from compare.records.request import Request
from compare.records.runs import Trajectory
from compare.records.timing import Effort
from compare.running.processes import Silent
from compare.showing.page.render import page as page_of
from compare.studies.lesson.report import make_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FIRST = "#lesson-linear_regression"
"""The lesson that a page of several is visited at."""

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"

set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis")

# A shell that runs the tests in the background has them ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

LONG = (
    "test_mistakes",
    "test_exhibits",
    "test_diagnosis",
    "test_notebook",
    "test_browser",
    "test_cli",
    "test_report",
    "test_pairs",
)
"""The files that take longest begin first: else one worker ends late."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the files, the long ones first."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session")
def small_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return the report of a real, short run of two lessons, with rates.

    The first process that needs it makes it, for the others as well.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _small_report()
    common = tmp_path_factory.getbasetemp().parent
    file = common / "small_report.pickle"
    with (common / "small_report.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_bytes(pickle.dumps(_small_report()))
        report = pickle.loads(file.read_bytes())
    assert isinstance(report, Report)
    return report


def _small_report() -> Report:
    request = Request(
        lessons=("linear_regression", "minibatch"),
        settings=Settings(steps=20),
        modes=("graph",),
        effort=Effort(1),
        quick=False,
        timeout=120.0,
        command="python -m compare linear_regression minibatch",
        digests=True,
    )
    return make_report(request, Silent())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; without one there is nothing to test in."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        why = "there is no chromium here: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(
    small_report: Report, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return the page's files by name: both languages, and one attacked."""
    from test_page import hostile
    from whole_report import picture, whole_report

    folder = tmp_path_factory.mktemp("page")
    measured = replace(whole_report(), lessons=(), ladder=None, mistakes=())
    first, *others = small_report.lessons
    first = replace(first, pictures={"manual": picture()})
    whole = [replace(small_report, lessons=(first, *others)), measured]
    texts = {
        "en": page_of(whole, "en"),
        "ko": page_of(whole, "ko"),
        "hostile": page_of([hostile(small_report)], "en"),
    }
    found = {}
    for name, text in texts.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def visit(browser: Browser, files: dict[str, Path]) -> Iterator[Any]:
    """Return a function that opens a page and holds it to silence."""
    contexts, noise = [], []

    def open_page(name="en", width=1280, at=FIRST, clock=False, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        address = files[name].as_uri()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.partition("#")[0].partition("?")[0] == address
                or noise.append(request.url)
            ),
        )
        page.goto(address + at)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture(scope="session")
def regression() -> Problem:
    """Return a regression that is no line: a tail batch, three epochs."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(20, 3))
    y = x[:, :1] * 2 + 0.1 * generator.normal(size=(20, 1))
    return compare.problem(x, y, learning_rate=0.02, steps=9, batch_size=8)


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the sides of a pair once in each dtype, whatever is in doubt.

    For tests of a diagnosis: `check` runs them a dozen times, to be sure of
    a verdict that other tests hold. A side that several of them share runs
    for the first.
    """
    monkeypatch.setattr(pair, "PERTURBATIONS", ())
    monkeypatch.setattr(pair.Pair, "_doubts", lambda self, verdict: None)
    for module in (runs, diagnose):
        monkeypatch.setattr(module, "run_jobs", run_once)


@pytest.fixture
def line() -> Problem:
    """Return the classic problem, 20 updates of it."""
    return problem_of("linear_regression", Settings(steps=20))


@pytest.fixture
def make_run() -> Callable[..., Trajectory]:
    """Return a function that makes a trajectory of numpy gradient descent."""

    def make(
        side: str = "manual",
        dtype: str = "float32",
        learning_rate: float = 0.01,
        updates: int = 20,
        start: float = 0.7,
    ) -> Trajectory:
        x = np.arange(1, 6, dtype=dtype)
        y = x + 1
        rate = np.array(learning_rate, dtype)
        path = [(np.array(start, dtype), np.array(start, dtype))]
        for _ in range(updates):
            w, b = path[-1]
            error = w * x + b - y
            path.append(
                (
                    w - rate * 2 * np.mean(error * x),
                    b - rate * 2 * np.mean(error),
                )
            )
        kernel, bias = (
            np.array(column, dtype) for column in zip(*path, strict=True)
        )
        return Trajectory(
            side=side,
            mode="graph",
            dtype=dtype,
            parameters={"kernel": kernel, "bias": bias},
            results={"kernel": kernel[-1], "bias": bias[-1]},
            losses=np.zeros(updates + 1),
        )

    return make


@pytest.fixture
def exhibit_file(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes an exhibit and gives its reference."""

    def write(source: str) -> str:
        path = tmp_path / "exhibit.py"
        path.write_text(source)
        return f"{path}:train"

    return write
