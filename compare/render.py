"""Report -> terminal and JSON, and live progress while it is made."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from compare import processes, timing
from compare.codesize import MEASURES
from compare.json_form import to_json
from compare.records import (
    SIDES,
    Environment,
    IteratorCost,
    LessonReport,
    Report,
    TensorInfo,
    Theory,
    Trajectory,
    UsageError,
    first_pair,
)
from compare.theory import distance

WIDTH = 100
STYLES = {
    "identical": "bold green",
    "same mathematics": "green",
    "different": "bold red",
    "could not run": "bold magenta",
}
WORTH_A_REASON = 0.2
"""Share of an epoch from which opening iterators explains its length."""

SHOWN_VALUES = 4

RANKS = ("scalar", "vector", "matrix", "cube")


# --- Files


def check_writable(folder: Path) -> None:
    """Find out before the work whether a report can be written.

    Raises:
        UsageError: it cannot; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_report(report: Report, folder: Path) -> Path:
    """Write report.json whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written; an older report is still there.
    """
    path = folder / "report.json"
    text = json.dumps(to_json(report), allow_nan=False, separators=(",", ":"))
    try:
        write_atomically(path, text)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def write_atomically(path: Path, text: str) -> None:
    """Write a file under another name and rename it when it is complete."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"cannot write to {path}: {error.strerror}; choose another folder "
        "with --out"
    )


# --- Progress


class _Bars:
    """Live bars, one per running job."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def started(self, job: processes.Job) -> None:
        self._tasks[job.label] = self._bars.add_task(
            printable(job.label), total=None
        )

    def advanced(self, job: processes.Job, done: int, total: int) -> None:
        self._bars.update(self._tasks[job.label], completed=done, total=total)

    def finished(
        self, job: processes.Job, seconds: float, result: Any
    ) -> None:
        self._bars.remove_task(self._tasks.pop(job.label))
        self._bars.console.print(Text(_finished_line(job, seconds, result)))


class _Lines(processes.Silent):
    """A line per finished job, for files and pipes."""

    def finished(
        self, job: processes.Job, seconds: float, result: Any
    ) -> None:
        sys.stderr.write(_finished_line(job, seconds, result) + "\n")
        sys.stderr.flush()


@contextlib.contextmanager
def progress() -> Iterator[processes.Progress]:
    """Show jobs on stderr: bars on a terminal, else a line per job."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bars:
        yield _Bars(bars)


def _finished_line(job: processes.Job, seconds: float, result: Any) -> str:
    broken = isinstance(result, processes.Broken)
    end = f"could not run: {result.reason}" if broken else "done"
    return printable(f"{seconds:6.1f} s  {job.label}: {end}")


# --- Terminal report


def print_report(report: Report, console: Console | None = None) -> None:
    """Print the report; plain text where it is not a terminal."""
    console = console or _console()
    console.print(
        Text("Manual TensorFlow and Keras, side by side", style="bold")
    )
    console.print(Text(_environment_line(report.environment)))
    for lesson in report.lessons:
        _print_lesson(console, lesson, report.environment)


def print_summary(report: Report, console: Console | None = None) -> None:
    """Print one line per lesson and mode, and what stands out."""
    console = console or _console()
    console.print(Text(_environment_line(report.environment)))
    table = _table(
        "lesson", "mode", "verdict", "updates", "statements", "nodes"
    )
    for lesson in report.lessons:
        sizes = [lesson.sizes[side] for side in SIDES]
        for verdict in lesson.verdicts:
            first = verdict is lesson.verdicts[0]
            table.add_row(
                lesson.lesson if first else "",
                verdict.mode,
                Text(verdict.outcome, style=STYLES[verdict.outcome]),
                " / ".join(f"{n:,}" for n in dict.fromkeys(verdict.updates)),
                " / ".join(str(size.statements) for size in sizes),
                " / ".join(str(size.nodes) for size in sizes),
            )
    console.print(table)
    _say(console, "Statements and nodes of the syntax tree: manual / Keras.")
    for lesson in report.lessons:
        for verdict in lesson.verdicts:
            if verdict.outcome != "identical":
                _say(
                    console,
                    f"{lesson.lesson} {verdict.mode}: {verdict.reason}.",
                )
        if lesson.checks:
            _say(console, f"{lesson.lesson}:")
            _print_checks(console, lesson)


def printable(text: str) -> str:
    """Escape control characters, so that no user's text moves the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _console() -> Console:
    console = Console(highlight=False)
    width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return Console(highlight=False, width=width)


def _environment_line(environment: Environment) -> str:
    return (
        f"TensorFlow {environment.tensorflow}, Keras {environment.keras}, "
        f"NumPy {environment.numpy}, Python {environment.python}, "
        f"{environment.system}, {environment.cpus} CPUs, "
        f"{', '.join(environment.devices)}"
    )


def _print_lesson(
    console: Console, lesson: LessonReport, environment: Environment
) -> None:
    _heading(console, f"{lesson.lesson}: {lesson.title}")
    _say(
        console,
        f"{lesson.data}; {_number(lesson.rows, 'row')}, "
        f"{_number(lesson.features, 'feature')}, "
        f"{_number(lesson.batch_size, 'row')} per update, learning rate "
        f"{lesson.learning_rate:g}, {_number(lesson.updates, 'update')}.",
    )
    for note in lesson.notes:
        _say(console, f"Note: {note}.")
    _print_verdicts(console, lesson)
    _print_checks(console, lesson)
    _print_ends(console, lesson)
    _print_sizes(console, lesson)
    _print_tensors(console, lesson)
    _print_timings(console, lesson, environment)


def _print_verdicts(console: Console, lesson: LessonReport) -> None:
    _heading(console, "Are they the same training?")
    table = _table("mode", "verdict", "why")
    for verdict in lesson.verdicts:
        table.add_row(
            verdict.mode,
            Text(verdict.outcome, style=STYLES[verdict.outcome]),
            Text(printable(verdict.reason)),
        )
    console.print(table)
    for failure in lesson.failures:
        if failure.details:
            _say(console, f"{failure.side} {failure.mode} printed last:")
            lines = failure.details.splitlines()[-6:]
            console.print(Text("\n".join(map(printable, lines)), style="dim"))


def _print_checks(console: Console, lesson: LessonReport) -> None:
    for check in lesson.checks:
        _say(
            console,
            f"{check.side} against {check.reference}: "
            f"{check.verdict.outcome}; {check.verdict.reason}.",
        )


def _print_ends(console: Console, lesson: LessonReport) -> None:
    runs = {run.side: run for run in first_pair(lesson.trajectories)}
    if not runs:
        return
    _heading(console, "Where do they end?")
    results = {side: run.results for side, run in runs.items()}
    if lesson.theory:
        results["closed form"] = {
            name: value.astype(np.float32)
            for name, value in lesson.theory.closed_form.items()
        }
    names = next(iter(runs.values())).results
    table = _table("", *results)
    for name in names:
        table.add_row(
            Text(printable(name)),
            *(_values(found.get(name)) for found in results.values()),
        )
    if lesson.theory:
        for row in _truth_rows(lesson, lesson.theory, runs):
            table.add_row(*row)
    console.print(table)
    _print_user_parameters(console, lesson)
    if lesson.theory and lesson.theory.largest_learning_rate:
        _say(
            console,
            "Gradient descent on all rows converges for learning rates below "
            f"{lesson.theory.largest_learning_rate:.4g}, which is 2 / "
            f"{lesson.theory.largest_curvature:.4g}, the largest eigenvalue "
            "of the Hessian of the mean squared error.",
        )
    if lesson.convergence:
        _say(
            console,
            "With a constant learning rate mini-batches never settle: each "
            "pulls towards a minimum of its own. Trained until they settle, "
            f"{lesson.convergence.reason}.",
        )


def _truth_rows(
    lesson: LessonReport, theory: Theory, runs: dict[str, Trajectory]
) -> Iterator[tuple[str, ...]]:
    """Yield how near the sides came to the closed form, and when."""
    ends = [distance(run.results, theory) for run in runs.values()]
    yield ("distance to closed form", *(f"{end:.2e}" for end in ends), "0")
    if theory.largest_learning_rate is None:
        return
    reached = [lesson.within_1_percent.get(side) for side in runs]
    predicted = theory.updates_within_1_percent
    yield (
        "within 1 % after update",
        *("not reached" if at is None else f"{at:,}" for at in reached),
        "never" if predicted is None else f"{predicted:,} (predicted)",
    )


def _print_user_parameters(console: Console, lesson: LessonReport) -> None:
    if not lesson.scaling or not lesson.user_parameters:
        return
    table = _table(
        f"{lesson.scaling.target} per unit of", *lesson.user_parameters
    )
    sides = lesson.user_parameters.values()
    for place, feature in enumerate(lesson.scaling.features):
        table.add_row(
            Text(printable(feature)),
            *(f"{side['kernel'].ravel()[place]:.6g}" for side in sides),
        )
    table.add_row(
        "(constant)", *(f"{float(side['bias']):.6g}" for side in sides)
    )
    _say(console, "In the units of the table:")
    console.print(table)


def _print_sizes(console: Console, lesson: LessonReport) -> None:
    _heading(console, "How much code?")
    table = _table("measure", *SIDES, "keras / manual")
    for name, meaning in MEASURES.items():
        manual, keras = (getattr(lesson.sizes[side], name) for side in SIDES)
        ratio = f"{keras / manual:.2f}" if manual else "-"
        table.add_row(meaning, str(manual), str(keras), ratio)
    console.print(table)


def _print_tensors(console: Console, lesson: LessonReport) -> None:
    if not lesson.tensors:
        return
    _heading(console, "What shape is everything? (read from a run)")
    table = _table("value", *SIDES)
    by_role = {
        side: {info.role: info for info in infos}
        for side, infos in lesson.tensors.items()
    }
    roles = dict.fromkeys(r for infos in by_role.values() for r in infos)
    for role in roles:
        table.add_row(
            role,
            *(_tensor(by_role.get(side, {}).get(role)) for side in SIDES),
        )
    console.print(table)
    ranks = ", ".join(f"{rank} {name}" for rank, name in enumerate(RANKS))
    _say(console, f"Rank is the number of axes: {ranks}, n: n axes.")


def _print_timings(
    console: Console, lesson: LessonReport, environment: Environment
) -> None:
    _heading(console, "How fast?")
    unproved = [v.mode for v in lesson.verdicts if not v.agree]
    if unproved:
        _say(
            console,
            f"Not timed: {', '.join(unproved)}. Two trainings that are not "
            "the same have no common speed.",
        )
    timed = [timing_ for timing_ in lesson.timings if timing_.samples]
    if not timed:
        if not unproved:
            _say(console, "Not timed: processes of a cluster train only once.")
        return
    table = _table("", "build", "first call", "per epoch", "per update")
    for entry in sorted(timed, key=lambda t: (t.mode, SIDES.index(t.side))):
        samples = entry.samples
        per_epoch = [sample.per_epoch for sample in samples]
        table.add_row(
            f"{entry.mode} {entry.side}",
            _spread([sample.build for sample in samples]),
            _spread([sample.first_call for sample in samples]),
            _spread(per_epoch),
            _spread([s / entry.updates_per_epoch for s in per_epoch]),
        )
    console.print(table)
    count = len(timed[0].samples)
    _say(
        console,
        f"Median (smallest–largest) of {_number(count, 'fresh process')}, "
        f"one at a time. Importing TensorFlow and Keras took "
        f"{environment.import_seconds:.1f} s and "
        f"{_mebibytes(environment.import_bytes)} once; training added "
        + " and ".join(
            f"{_mebibytes(max(memory.added_bytes))} ({memory.side})"
            for memory in lesson.memory
            if memory.added_bytes
        )
        + " at its peak.",
    )
    for verdict in lesson.verdicts:
        ratio = timing.ratio(timed, verdict.mode)
        if ratio and verdict.agree:
            _say(console, f"{verdict.mode}: {_speed(ratio)} per epoch.")
    for cost in lesson.iterators:
        if cost.seconds > WORTH_A_REASON * cost.epoch_seconds:
            _say(console, _iterator_sentence(cost))


def _iterator_sentence(cost: IteratorCost) -> str:
    share = cost.seconds / cost.epoch_seconds
    return (
        f"Why: {_seconds(cost.seconds)} ({share:.0%}) of the "
        f"{_seconds(cost.epoch_seconds)} that Keras's fit takes per epoch "
        f"({cost.mode}) go into opening data iterators, "
        f"{cost.iterators:.3g} per epoch. For each one TensorFlow sets up the "
        "input pipeline and optimises its functions anew, however small the "
        "data; the update itself is cheap."
    )


# --- Words and numbers


def _heading(console: Console, text: str) -> None:
    console.print(Text("\n" + printable(text), style="bold"))


def _say(console: Console, text: str) -> None:
    console.print(Text(printable(text)))


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(Text(printable(column)))
    return table


def _number(count: int, noun: str) -> str:
    plural = "es" if noun.endswith("s") else "s"
    return f"{count:,} {noun}{'' if count == 1 else plural}"


def _values(array: np.ndarray | None) -> str:
    """Show up to four values, float32 with as many digits as tell them apart.

    Of more values the last is shown: the latest of a history.
    """
    if array is None:
        return "-"
    numbers = np.ravel(array)
    if numbers.size > SHOWN_VALUES:
        return f"{_value(numbers[-1])} (last of {numbers.size:,})"
    return "\n".join(map(_value, numbers)) or "none"


def _value(number: np.generic) -> str:
    value = float(number)
    if number.dtype.kind in "iub" or not np.isfinite(value):
        return str(number)
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        single = np.float32(value)
        return np.format_float_positional(single, unique=True, trim="0")
    return f"{value:.8g}"


def _tensor(info: TensorInfo | None) -> str:
    if info is None:
        return "-"
    rank = len(info.shape)
    kind = RANKS[rank] if rank < len(RANKS) else f"{rank} axes"
    return f"rank {rank}, {kind} {info.shape}, {info.dtype}"


def _unit(value: float) -> tuple[float, str]:
    """Return how many seconds the unit has that suits a time, and its name."""
    units = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
    return next((u for u in units if abs(value) >= u[0]), units[-1])


def _seconds(value: float) -> str:
    size, name = _unit(value)
    return f"{value / size:.3g} {name}"


def _spread(values: Sequence[float]) -> str:
    middle, low, high = timing.spread(values)
    size, name = _unit(middle)
    text = f"{middle / size:.3g} {name}"
    if len(values) == 1:
        return text
    return f"{text} ({low / size:.3g}–{high / size:.3g})"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:.0f} MiB"


def _speed(ratio: float) -> str:
    if ratio >= 1:
        return f"Keras takes {ratio:.3g} times as long as the manual loop"
    return f"the manual loop takes {1 / ratio:.3g} times as long as Keras"
