"""Pairs that are made to deceive, each with the verdict that is right."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from types import GeneratorType
from typing import NamedTuple

import ml_dtypes
import numpy as np
import pytest

import compare
from compare.pairs import runs
from compare.pairs.pair import Pair
from compare.pairs.runs import Sides
from compare.pairs.sides import SideRun, call, read

NETWORKS = f"{Path(__file__).with_name('deceptive_networks.py')}:"

X = np.random.default_rng(0).uniform(0.3, 4.7, 23)
NOISES = itertools.count(1)
SAME, EQUAL = "same mathematics", "identical"
OTHER, NOTHING = "different", "could not run"


# --- Trainings


def descend(p, rate=1.0, turned=False, steps=None, x=None, cast=None):
    """Fit a line; `turned` rounds otherwise, `rate` is a mistake."""
    x, y = (p.x if x is None else x), p.y
    w, b = p.initial["w"], p.initial["b"]
    if cast:
        x, y, w, b = (np.asarray(v, cast) for v in (x, y, w, b))
    speed = p.learning_rate * rate
    for _ in range(p.steps if steps is None else steps):
        error = (x * w - y) + b if turned else w * x + b - y
        if turned:
            d_w = 2 * (x[::-1] @ error[::-1]) / len(x)
            d_b = 2 * error[::-1].sum() / len(x)
        else:
            d_w, d_b = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - speed * d_w, b - speed * d_b
    return w, b


def plain(p):
    return descend(p)


def turned(p):
    return descend(p, turned=True)


def wrong(p):
    return descend(p, rate=1.1)


def side(change=lambda w, b, p: (w, b), **options):
    """Return a side that trains with options and changes what it returns."""

    def trained(p):
        return change(*descend(p, **options), p)

    return trained


def beside(value, **options):
    """Return a side that gives a number beside its parameters."""
    return side(lambda w, b, p: {"w": w, "b": b, "n": value}, **options)


def packed(value, **options):
    """Return a side that gives one array with a number in it."""
    return side(lambda w, b, p: np.stack([w, b, value]), **options)


def counted(size, **options):
    """Return a side that counts the rows that it has seen."""
    return side(
        lambda w, b, p: {"w": w, "b": b, "rows_seen": size * p.steps},
        **options,
    )


def cut(how, **options):
    """Return a side that rounds what it returns."""
    return side(lambda w, b, p: (how(w), how(b)), **options)


def named(*names, **options):
    """Return a side that gives a dict of w and b, in this order."""

    def change(w, b, p):
        values = {"w": w, "b": b, "slope": w, "intercept": b}
        return {name: values[name] for name in names}

    return side(change, **options)


def yielding(updates, **options):
    """Return a side that shows so many updates."""

    def shown(p):
        for step in range(updates or p.steps):
            yield descend(p, steps=step + 1, **options)

    return shown


def random(size, **options):
    """Return a side that adds another noise each time, as without a seed.

    The noises are counted: two that are drawn may be the same in float32.
    """

    def change(w, b, p):
        return w + size * next(NOISES), b

    return side(change, **options)


def adam(epsilon, form=0, cast=None):
    """Return a side that trains by Adam."""

    def trained(p):
        rate = p.learning_rate
        weights = [np.asarray(v, cast) for v in p.initial.values()]
        x, y = np.asarray(p.x, cast), np.asarray(p.y, cast)
        moments = [(0 * v, 0 * v) for v in weights]
        for t in range(1, p.steps + 1):
            w, b = weights
            error = w * x + b - y
            gradients = [2 * np.mean(error * x), 2 * np.mean(error)]
            root = float(np.sqrt(1 - 0.999**t))
            for i, g in enumerate(gradients):
                m, v = moments[i]
                if form:
                    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                    hat = np.sqrt(v / (1 - 0.999**t)) + epsilon / root
                    move = rate * (m / (1 - 0.9**t)) / hat
                else:
                    m, v = m + (g - m) * 0.1, v + (g * g - v) * 0.001
                    alpha = rate * root / (1 - 0.9**t)
                    move = m * alpha / (np.sqrt(v) + epsilon)
                moments[i] = m, v
                weights[i] = weights[i] - move
        return tuple(weights)

    return trained


def logistic(form, rate=3.9):
    """Return a side that is chaos; its rate is a mistake if it is not 3.9."""

    def trained(p):
        w, b = p.initial["w"], p.initial["b"]
        for _ in range(p.steps):
            w = rate * (w - w * w) if form else rate * w * (1 - w)
        return w, b + w

    return trained


def logs(epsilon, form=0):
    """Return a side that fits probabilities with clipped logarithms."""

    def trained(p):
        w, b = p.initial["w"], p.initial["b"]
        x, label = p.x, (p.y > 2.5).astype(p.x.dtype)
        for _ in range(p.steps):
            q = 1 / (1 + np.exp(-(w * x + b)))
            q = np.clip(q, epsilon, 1 - epsilon)
            if form:
                slope = (q - label) / (q * (1 - q) + epsilon) * q * (1 - q)
            else:
                inner = q - q * q
                slope = inner * (q - label) / (inner + epsilon)
            w = w - p.learning_rate * np.mean(slope * x)
            b = b - p.learning_rate * np.mean(slope)
        return w, b

    return trained


def settles(form):
    """Return a side that is at its end, to the bit, after few updates."""

    def trained(p):
        w, b = p.initial["w"], p.initial["b"]
        for _ in range(p.steps):
            w = 0.1 * w + 0.6 if form else w - 0.9 * (w - 2 / 3)
            b = b - 0.9 * (b - 1 / 3)
        return w, b

    return trained


def whole(form):
    """Return a side whose numbers are whole by the luck of its data."""

    def trained(p):
        w, b = p.initial["w"] * 0 + p.x[0], p.initial["b"]
        for step in range(p.steps):
            w = w + p.x[0] * (step + 1)
        return w, b + w

    return trained


def stop_at(update, **options):
    """Return a side whose schedule ends there."""

    def trained(p):
        return descend(p, steps=min(p.steps, update), **options)

    return trained


def clocked(p):
    w, b = descend(p)
    return {"w": w, "b": b, "at": time.time()}


def shuffled(p):
    """Add up the rows in another order each time."""
    order = np.random.default_rng().permutation(len(p.x))
    return descend(p.replace(x=p.x[order], y=p.y[order]))


def told(p, on_step):
    """Show three updates only."""
    for step in range(3):
        on_step(step + 1, descend(p, steps=step + 1))
    return descend(p, steps=3)


def centred(form):
    """Return a side whose bias has a gradient of 0."""

    def trained(p):
        x = p.x - np.mean(p.x)
        y = p.y - np.mean(p.y)
        w, b = p.initial["w"], p.initial["b"] * 0
        for _ in range(p.steps):
            error = (x * w - y) + b if form else w * x + b - y
            d_w = x @ error * 2 / len(x) if form else 2 * np.mean(error * x)
            d_b = error[::-1].sum() * 2 / len(x) if form else 2 * error.mean()
            w, b = w - p.learning_rate * d_w, b - p.learning_rate * d_b
        return w, b

    return trained


def seeded(seed):
    """Return a side with noise that comes back."""

    def trained(p):
        noise = np.random.default_rng(seed).normal(size=p.x.shape)
        return descend(p, x=p.x + noise.astype(p.x.dtype))

    return trained


# --- What is right


class Case(NamedTuple):
    """A pair and its verdict.

    `says` is in the reason; `steps` and `settings` are the problem's; `fresh`
    sides run in processes of their own, as TensorFlow has to.
    """

    title: str
    left: object
    right: object
    outcome: str
    says: str = ""
    steps: int = 9
    settings: dict = {}  # noqa: RUF012  # nobody writes to it
    fresh: bool = False


TINY = {"x": X * 1e-6, "y": X * 1e-7, "initial": {"w": 1e-7, "b": 2e-8}}


def four(value):
    return np.round(value, 4)


def half(value):
    return np.asarray(value).astype(np.float16)


def brain(value):
    return np.asarray(value).astype(ml_dtypes.bfloat16).astype("f4")


def three_figures(value):
    return float(f"{float(value):.3g}")


CASES = [
    # --- A number beside the parameters
    *(
        Case(
            f"{size:g} beside, the rate is wrong",
            beside(size),
            beside(size, rate=1.1),
            OTHER,
        )
        for size in (1e-30, 1.7e9, 1e14, 1e30)
    ),
    Case(
        "1e14 beside, the rate is a trifle wrong",
        beside(1e14),
        beside(1e14, rate=1 + 1e-6),
        OTHER,
    ),
    Case(
        "1e14 beside, only rounded otherwise",
        beside(1e14),
        beside(1e14, turned=True),
        SAME,
    ),
    Case("1e14 beside, equal", beside(1e14), beside(1e14), EQUAL),
    Case(
        "1e14 in the same array",
        packed(1e14),
        packed(1e14, rate=1.1),
        OTHER,
    ),
    Case(
        "1e14 in the same array, only rounded otherwise",
        packed(1e14),
        packed(1e14, turned=True),
        SAME,
    ),
    Case(
        "a count of 1e12 rows, the rate is wrong",
        counted(1e12),
        counted(1e12, rate=1.1),
        OTHER,
    ),
    Case(
        "a count of 5 rows, only rounded otherwise",
        counted(5),
        counted(5, turned=True),
        SAME,
    ),
    Case(
        "a wrong count beside equal parameters",
        counted(5),
        counted(6),
        OTHER,
    ),
    Case(
        "float32 within, 1e14 beside",
        beside(1e14, cast="f4"),
        beside(1e14, cast="f4", turned=True),
        SAME,
        "float32 only",
    ),
    Case(
        "float32 within, 1e14 beside, the rate is wrong",
        beside(1e14, cast="f4"),
        beside(1e14, cast="f4", rate=1.01),
        OTHER,
    ),
    # --- Rounded before they are returned
    *(
        Case(
            f"both cut to {kind}",
            cut(how),
            cut(how, rate=1.001),
            NOTHING,
            says,
        )
        for kind, how, says in (
            ("whole numbers", np.trunc, "whole numbers"),
            ("int", lambda v: int(v + 3), "whole numbers"),
            ("four decimals", lambda v: np.round(v, 2), "decimals"),
            ("float16", half, "float16"),
            ("bfloat16", brain, "bfloat16"),
            ("three figures", three_figures, "decimals"),
        )
    ),
    Case(
        "one side cut to four decimals",
        cut(four),
        turned,
        NOTHING,
        "4 decimals",
    ),
    Case("one side cut to float16", plain, cut(half), NOTHING, "float16"),
    Case("one side cut, the rate is wrong", cut(four), wrong, OTHER),
    Case("both cut, the rate is wrong", cut(four), cut(four, rate=2), OTHER),
    Case("whole by luck", whole(0), whole(1), EQUAL, "", 9, {"x": X * 0 + 1}),
    # --- Which is which
    Case("a tuple, a dict the other way", plain, named("b", "w"), NOTHING),
    Case(
        "a tuple, a dict of other names",
        plain,
        named("intercept", "slope"),
        NOTHING,
        "same names",
    ),
    Case("a tuple, a dict in order", plain, named("w", "b"), EQUAL),
    Case("dicts in two orders", named("b", "w"), named("w", "b"), EQUAL),
    Case("tuples in two orders", side(lambda w, b, p: (b, w)), plain, OTHER),
    # --- Nothing or little was compared
    Case("constants", lambda p: (1.5, 2.5), lambda p: (1.5, 2.5), NOTHING),
    Case(
        "what they were given",
        lambda p: p.initial,
        lambda p: tuple(p.initial.values()),
        NOTHING,
        "none has moved",
    ),
    Case(
        "given back, beside a count",
        lambda p: {**p.initial, "n": p.steps},
        lambda p: {**p.initial, "n": p.steps},
        NOTHING,
    ),
    Case("no steps", stop_at(0), stop_at(0), NOTHING),
    Case(
        "always nine updates",
        side(steps=9),
        side(steps=9, turned=True),
        NOTHING,
        "problem.steps",
        27,
    ),
    Case("three of a hundred", stop_at(3), stop_at(3), NOTHING, "", 100),
    Case("three of thirty shown", told, told, NOTHING, "3 of the 30", 30),
    Case("three of thirty yielded", yielding(3), yielding(3), NOTHING, "", 30),
    Case("one of them makes three", plain, stop_at(3), OTHER),
    Case(
        "a rate that does nothing", side(rate=1e-30), side(rate=1e-30), NOTHING
    ),
    Case("settled early", settles(0), settles(1), SAME, "", 60),
    Case(
        "a schedule that ends midway", stop_at(20), stop_at(20), EQUAL, "", 40
    ),
    Case(
        "patience",
        stop_at(3),
        stop_at(3),
        EQUAL,
        "",
        40,
        {"patience": 1},
    ),
    Case("all yielded", yielding(0), yielding(0, turned=True), SAME),
    # --- float32 only
    Case(
        "Adam's epsilon, float32 only",
        adam(1e-7, cast="f4"),
        adam(1e-8, cast="f4"),
        SAME,
        "could not have been seen",
    ),
    Case("Adam's epsilon", adam(1e-7), adam(1e-8), OTHER),
    Case("two forms of Adam", adam(1e-7), adam(1e-7, 1), SAME),
    Case(
        "two forms of Adam on tiny values",
        adam(1e-7),
        adam(1e-7, 1),
        SAME,
        "",
        30,
        TINY,
    ),
    Case(
        "two forms of Adam on tiny values, float32 only",
        adam(1e-7, cast="f4"),
        adam(1e-7, 1, cast="f4"),
        SAME,
        "",
        30,
        TINY,
    ),
    Case(
        "float32 only, the rate is off by 1 %",
        side(cast="f4"),
        side(cast="f4", rate=1.01),
        OTHER,
    ),
    # --- Rounding that looks real
    Case("chaos", logistic(0), logistic(1), SAME, "", 60),
    Case(
        "chaos, another rate",
        logistic(0),
        logistic(0, 3.9 * (1 + 1e-6)),
        OTHER,
        "",
        60,
    ),
    Case("chaos without end", logistic(0), logistic(1), NOTHING, "", 300),
    Case("a bias without gradient", centred(0), centred(1), SAME),
    Case("clipped logarithms", logs(1e-7), logs(1e-7, 1), SAME),
    # --- Random
    Case("both random", random(1e-3), random(1e-3), NOTHING, "seed"),
    Case("one random", plain, random(1e-6), NOTHING, "seed"),
    Case("a time stamp", clocked, clocked, NOTHING, "other numbers"),
    Case("rows in random order", shuffled, shuffled, SAME),
    Case("the same seed", seeded(1), seeded(1), EQUAL),
    Case("two seeds", seeded(1), seeded(2), OTHER),
    # --- Small, and real
    Case("off by 1e-6", plain, side(rate=1 + 1e-6), OTHER),
    Case("overflow on both sides", side(rate=1e30), side(rate=1e30), NOTHING),
    # --- TensorFlow and Keras
    Case(
        "a model and a dict by name",
        NETWORKS + "fitted_by_name",
        NETWORKS + "taped",
        SAME,
        "",
        3,
        fresh=True,
    ),
    Case(
        "a model in float16",
        NETWORKS + "fitted_in_half",
        NETWORKS + "fitted_in_half",
        NOTHING,
        "",
        3,
        fresh=True,
    ),
    Case(
        "updates by signs",
        NETWORKS + "by_signs",
        NETWORKS + "by_signs",
        EQUAL,
        "",
        3,
        fresh=True,
    ),
    Case(
        "updates by signs, rounded",
        NETWORKS + "by_signs_rounded",
        NETWORKS + "by_signs",
        NOTHING,
        "3 decimals",
        3,
        fresh=True,
    ),
    Case(
        "frozen models",
        NETWORKS + "frozen",
        NETWORKS + "frozen",
        NOTHING,
        "none has moved",
        3,
        fresh=True,
    ),
    Case(
        "the epsilon of Keras in a logarithm",
        NETWORKS + "logarithms_by_hand",
        NETWORKS + "logarithms_in_keras",
        SAME,
        "",
        9,
        {"learning_rate": 3.0},
        fresh=True,
    ),
]


def run_here(jobs, at_once, timeout, progress):
    """Run sides in this process: numpy shares nothing between two runs."""

    def run(reference, problem, mode, dtype, instead):
        path = []
        exact = problem if dtype == "float64" else problem.astype(dtype)
        final = call(reference, exact, mode, lambda _, v: path.append(read(v)))
        if isinstance(final, GeneratorType):
            path = [read(value) for value in final]
            final = path[-1].values if path else ()
        return SideRun(tuple(path), read(final), ())

    with np.errstate(all="ignore"):
        return [run(*job.arguments) for job in jobs]


def judged(case):
    """Return the verdict on a pair, without the search for a cause."""
    given = {"x": X, "y": X + 1, "initial": {"w": 0.7, "b": 0.4}}
    problem = compare.problem(
        **{**given, "learning_rate": 0.1, **case.settings}, steps=case.steps
    )
    references = case.left, case.right
    sides = Sides(references, ("left", "right"), problem, "graph", 60.0)
    return Pair(sides).check()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_deceptive_pair_gets_its_verdict(case, monkeypatch):
    """What looks equal is not called so, what looks different neither."""
    if not case.fresh:
        monkeypatch.setattr(runs, "run_jobs", run_here)
    verdict = judged(case)
    assert verdict.outcome == case.outcome, verdict.reason
    assert case.says in verdict.reason


def test_there_are_enough_deceptions():
    """At least 60, no two alike."""
    titles = [case.title for case in CASES]
    assert len(set(titles)) == len(titles) >= 60
    assert not [a for a, b in itertools.pairwise(titles) if a == b]
