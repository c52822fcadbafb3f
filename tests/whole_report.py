"""A report with every section in it, made without TensorFlow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.judging import codesize
from compare.judging.theory import theory_of
from compare.judging.thinning import points
from compare.lessons.losses import squared_error
from compare.lessons.problems import problem_of
from compare.lessons.scaling import in_user_units
from compare.records.calibration import Calibration, Planted, Rate
from compare.records.findings import Convergence, TensorInfo
from compare.records.fit import (
    PARTS,
    Breakdown,
    CallCost,
    CallSample,
    EpochSample,
    FitReport,
    Part,
    VariantReport,
)
from compare.records.growth import Cell, Crossing, Exponent, Growth, Line
from compare.records.json_form import to_json
from compare.records.mistakes import (
    Cost,
    LossCurve,
    Mistake,
    MistakeReport,
    Question,
    Raised,
)
from compare.records.note import Note
from compare.records.peers import PeerResult, Peers, PeerSample
from compare.records.picture import Curve, Curves, Images, Picture
from compare.records.problem import Settings
from compare.records.rates import RateRun
from compare.records.report import Environment, LessonReport, Report
from compare.records.runs import Failure, Trajectory
from compare.records.streaming import Flatness, Pass, StreamCell, Streaming
from compare.records.timing import (
    Memory,
    Opening,
    Paired,
    Ratio,
    Sample,
    Start,
    Timing,
)
from compare.records.variants import Variant
from compare.records.verdicts import Check, Divergence, Verdict
from compare.studies.ladder import ladder

SIDES = ("manual", "keras")
UPDATES = 6
SOURCE = "def train(problem):\n    # --- Data\n    x = problem.x\n"
SAME = Verdict("graph", "identical", (Note("every bit"),), (UPDATES, UPDATES))
PARTS_APART = Verdict(
    "xla", "different", (Note("they part"),), (UPDATES, UPDATES),
    Divergence(2, "kernel", (0,), 1.0, 1.5, 0.5), 0.5, 9, 0.5, 1e-12,
)  # fmt: skip


def descent(problem, rate):
    """Return kernel, bias and losses of gradient descent on all rows."""
    x = problem.x.reshape(len(problem.x), -1).astype(float)
    y = problem.y.ravel().astype(float)
    kernel, bias = (
        np.asarray(problem.initial[n], float) for n in ("kernel", "bias")
    )
    path = [(kernel, bias)]
    for _ in range(UPDATES):
        kernel, bias = path[-1]
        error = x @ np.ravel(kernel) + np.ravel(bias)[0] - y
        slope = 2 * x.T @ error / len(x)
        path.append((
            kernel - rate * slope.reshape(kernel.shape),
            bias - rate * 2 * error.mean(),
        ))  # fmt: skip
    losses = [
        squared_error({"kernel": k, "bias": b}, problem.x, problem.y)
        for k, b in path
    ]
    kernels, biases = (np.array(c) for c in zip(*path, strict=True))
    return {"kernel": kernels, "bias": biases}, np.array(losses)


def lesson(name):
    """Return the report of a lesson, trained here by numpy."""
    problem = problem_of(name, Settings(steps=UPDATES))
    truth = theory_of(problem)
    parameters, losses = descent(problem, 0.01)
    runs = tuple(
        Trajectory(
            side, "graph", "float32", parameters,
            {n: v[-1] for n, v in parameters.items()}, losses,
        )
        for side in SIDES
    )  # fmt: skip
    kept = points(problem, truth)
    some = slice(None, None, 10)
    return LessonReport(
        lesson=name,
        title=problem.title,
        data=problem.data,
        rows=len(problem.x),
        features=problem.x[0].size,
        batch_size=problem.batch_size,
        workers=1,
        updates=UPDATES,
        learning_rate=0.01,
        notes=(*problem.notes, Note("a {word}", {"word": "note"})),
        sources=dict.fromkeys(SIDES, SOURCE),
        sizes={s: codesize.measure(SOURCE) for s in SIDES},
        verdicts=(SAME, PARTS_APART),
        checks=(Check("keras", "one process", SAME),),
        trajectories=runs,
        recorded_updates=np.arange(UPDATES + 1),
        failures=(Failure("keras", "eager", "float32", "it died", "Killed"),),
        scaling=problem.scaling,
        user_parameters={s: in_user_units(runs[0].results, problem.scaling)
                         for s in SIDES} if problem.scaling else {},
        theory=truth,
        within_1_percent={"manual": 796, "keras": None},
        convergence=Convergence(
            9, {s: {"float32": 1e-7, "float64": 1e-16} for s in SIDES},
            1e-12, True, Note("they settle"),
        ),
        tensors={s: (TensorInfo("loss", "loss", (), "float32"),
                     TensorInfo("data x", "x", (5, 1), "float32"))
                 for s in SIDES},
        timings=tuple(
            Timing(side, mode, 1, (Start(0.001, first),) * 3, (each,) * 6)
            for mode, first, each in (
                ("eager", 0.01, 0.3),
                ("graph", 0.2, 0.03),
            )
            for side in SIDES
        ),
        paired=tuple(Paired(mode, (4.0,) * 6, (1.01,) * 6, False,
                            (0.0075,) * 6, (Opening(2.0, 0.028),) * 6)
                     for mode in ("eager", "graph")),
        memory=(Memory("manual", (2**20, 2**21)),),
        left_out=("keras: shapes: was killed",),
        points=replace(kept, x=kept.x[some], y=kept.y[some])
        if len(kept.x) > 50 else kept,
        rates=tuple(rate(problem, side, step)
                    for side in SIDES for step in (0.001, 0.05))
        if problem.x[0].size == 1 else (),
        pictures=dict.fromkeys(SIDES, picture()),
    )  # fmt: skip


def picture():
    """Return a picture of each kind."""
    return Picture(
        (Images("a matrix", np.array([[[0.0, 0.5], [1.0, 2.0]]]), ("one",),
                ("a", "b"), ("c", "d"), "down", "across"),),
        (Curves("a curve", "x", "y", (
            Curve("line", np.array([[0.0, 1.0], [1.0, 2.0]])),
            Curve("dots", np.array([[0.0, 2.0]]), True),
        )),),
        (("a text", "to be <or> not"),),
    )  # fmt: skip


def rate(problem, side, step):
    """Return a training with another learning rate."""
    parameters, losses = descent(problem, step)
    return RateRun(side, step, parameters, losses, "converges", True)


def fit():
    """Return a study of fit."""
    parts = {name: Part(2.0, 1e-3) for name in PARTS}
    samples = (EpochSample(0.04, 0.045, parts),) * 2
    sample = Sample(0.1, 0.1, 1e-3, ((2, 0.3),))
    return FitReport(
        1_100, (1, 2),
        tuple(Breakdown("graph", on, 20, samples) for on in (True, False)),
        tuple(
            VariantReport(
                Variant(name, side, "graph", "a:b", None, "loop"),
                "a variant", ("x = 1",), SAME, (sample,) * 6,
            )
            for name, side in (("textbook", "keras"), ("loop", "manual"))
        ),
        (CallCost("loop", 1_100, (CallSample(2e-4, 3e-5, 1e-5),)),),
        ("something: why",),
    )  # fmt: skip


def growth():
    """Return a study of sizes."""
    line = Line("rows", 1, (100, 1000, 10_000))
    variants = (
        Variant("tape", "manual", "graph", "a:b", None, "tape"),
        Variant("fit", "keras", "graph", "a:c", None, "tape"),
    )
    samples = (Sample(0.1, 0.2, 1e-3, ((0, 0.1), (1, 0.2))),)
    cells = [
        Cell(variant.name, size, SAME, samples) for variant in variants
        for size in line.sizes
    ]  # fmt: skip
    ratios = tuple(
        (rows, Ratio(value, 0.9 * value, 1.2 * value))
        for rows, value in ((100, 5.0), (1000, 2.0), (10_000, 1.0))
    )
    return Growth(
        variants, tuple(cells), (line,),
        (Exponent("tape", line, 0.9, 100, 10_000),),
        (Crossing("fit", "tape", line, ratios, "reached", 2e3, 1e3, None),),
        1.1, ("a process died",),
    )  # fmt: skip


def peers():
    """Return one training in several frameworks."""
    kinds = (("TensorFlow", "manual", 1e-3), ("C", "limit", 1e-8),
             ("sklearn", "other", None))  # fmt: skip
    return Peers(
        "linear_regression", UPDATES, {"jax": "1"},
        tuple(
            PeerResult(
                name, kind, "a.py", "graph", None, "TensorFlow", SAME, "", "",
                {"kernel": np.array(1.0)},
                (PeerSample(1.0, 0.5, each, ((1, 0.5), (8, 1.0))),) * 6
                if each else (),
            )
            for name, kind, each in kinds
        ),
        ("PyTorch: not installed",),
    )  # fmt: skip


def streaming():
    """Return a study of rows on disk."""
    cells = tuple(
        StreamCell(rows, side, "files", SAME, (Pass(0.3, 0.1, 2**25),))
        for rows in (1000, 3000)
        for side in SIDES
    )
    flat = (Flatness("keras", 1000, 3000, 1.02, True),)
    return Streaming(8, 1000, 1000, 180_000, cells, flat, 1.25, ("a: b",))


def calibration():
    """Return what the timer found of planted slow-downs."""
    return Calibration(
        (0.03,) * 6,
        tuple(Planted(p, 9, (1.0, 1.1) * 3) for p in (0, 5)),
        tuple(Rate(p, 6, 1, 20, 0.0, 0.2, 0.05) for p in (0, 5)),
        0.03, 1.2, (80.0,) * 6, (1e-3,) * 6, (8e-2,) * 6, ("a round",),
    )  # fmt: skip


def mistakes():
    """Return one mistake of each kind."""
    known = Mistake(
        "key", "a title", "manual", "adam", "silent", (("a", "b"),),
        "symptom", "`why`", "keras", ("keras#1",), hyper={"seed": 1},
        theme="updates", quiz="easy",
    )  # fmt: skip
    curve = LossCurve((0, 1), (2.0, 1.0))
    asked = Question("x = 1\nb\n", curve, curve)
    cost = Cost((Sample(0.1, 0.2, 0.3, ((0, 0.1),)),), 2, 12, 1, 1)
    return (
        MistakeReport(known, "@@ -2 +2 @@\n-a\n+b\n", True, PARTS_APART,
                      {"kernel": 0.5}, question=asked),
        MistakeReport(replace(known, kind="error"), "-a\n", True,
                      raised=Raised("ValueError", "no", 1)),
        MistakeReport(replace(known, kind="slow"), "+b\n", True, SAME,
                      bad=cost, mended=cost, ratio=Ratio(2.0, 1.5, 2.5)),
    )  # fmt: skip


def environment():
    """Return a machine that exists only here."""
    return Environment(
        "3.11", "2.21", "3.15", "2.4", "Linux", 2, ("CPU",), 2.5, 2**29
    )


def whole_report():
    """Return a report with everything in it."""
    return Report(
        environment=environment(),
        command="python -m compare",
        lessons=(lesson("linear_regression"), lesson("minibatch")),
        fit=fit(),
        calibration=calibration(),
        peers=peers(),
        growth=growth(),
        streaming=streaming(),
        ladder=ladder(),
        mistakes=mistakes(),
    )


def small_reports():
    """Return reports of one section or one lesson each, as JSON holds them."""
    whole = to_json(whole_report())
    alone = {"environment": whole["environment"], "command": "python"}
    lessons = [{**alone, "lessons": [one]} for one in whole["lessons"]]
    kept = {"environment", "command", "lessons", "schema_version"}
    sections = set(whole) - kept
    return lessons + [{**alone, n: whole[n]} for n in sorted(sections)]
