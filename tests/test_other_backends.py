"""Keras on JAX as an environment: what runs there, and where it parts."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from compare.commands.main import main
from compare.lessons.problems import problem_of
from compare.pairs.across import Site, Trainings, Travel
from compare.pairs.diagnosis.jax_watch import JaxStages
from compare.records import MODES
from compare.records.problem import Settings
from compare.running.lineage import HERE
from compare.running.processes import Silent
from compare.showing.language import speaker
from compare.showing.reading import read_report
from compare.showing.telling.across import tell_across

SITES = (
    Site("here", HERE),
    Site("here on jax", replace(HERE, backend="jax")),
    Site("here on torch", replace(HERE, backend="torch")),
)


def travel(*lessons):
    problems = {x: problem_of(x, Settings(steps=2)) for x in lessons}
    given = Trainings(problems, (), None, MODES)
    return Travel(given, 1, 60.0, Silent())


def test_each_backend_runs_what_it_can():
    """By hand it is TensorFlow's; JAX has no graphs, PyTorch no XLA either."""
    pairs = dict(travel("adam", "gan")._pairs(SITES))
    names = {"here": "tf", "here on jax": "jax", "here on torch": "torch"}
    assert [
        (lesson, side, names[site.name], mode)
        for lesson, side, site, mode in pairs
        if lesson == "adam" or site != SITES[0]
    ] == [
        ("adam", "keras", "jax", "eager"),
        ("adam", "keras", "torch", "eager"),
        ("adam", "both", "tf", "eager"),
        ("adam", "both", "jax", "eager"),
        ("adam", "both", "torch", "eager"),
        ("adam", "both", "tf", "graph"),
        ("adam", "keras", "jax", "xla"),
        ("adam", "both", "tf", "xla"),
        ("adam", "both", "jax", "xla"),
    ]
    jobs = [
        member.job("float32")
        for (_, side, site, _), pair in pairs.items()
        if site != SITES[0] and side == "both"
        for member in pair
    ]
    assert [job.home.backend for job in jobs] == [
        "tensorflow", "jax", "tensorflow", "torch", "tensorflow", "jax",
    ]  # fmt: skip


def test_what_is_left_out_is_said():
    """A lesson that needs TensorFlow, and a mode that is not there."""
    assert list(travel("adam", "gan", "streaming").left_out(SITES[:2])) == [
        "graph mode of Keras on JAX, which has none",
        "gan on JAX: its Keras side needs TensorFlow",
        "streaming on JAX: its Keras side needs TensorFlow",
    ]


class Model:
    """Fits y = w x as Keras on JAX does, with a state of its own."""

    def __init__(self):
        self.w = types.SimpleNamespace(path="dense/kernel")
        self.trainable_variables = [self.w]
        self.non_trainable_variables = []
        self.optimizer = types.SimpleNamespace(
            variables=["rate"],
            learning_rate=0.1,
            get_config=lambda: {"learning_rate": 0.1},
        )

    def train_step(self, state, data):
        """Make an update."""
        jax = sys.modules["jax"]
        (loss, _), (slope,) = jax.value_and_grad(self.loss)(state[0], *data)
        return loss, ([state[0][0] - 0.1 * slope], [], *state[2:])

    def loss(self, weights, x, y):
        """Return the loss with the prediction, and the gradient."""
        y_hat = weights[0] * x
        loss = np.mean((y_hat - y) ** 2)
        return (loss, (loss, y_hat)), [np.mean(2 * (y_hat - y) * x)]


def test_stages_of_an_update_on_jax_are_kept(monkeypatch):
    """Rows, prediction, loss, gradient, update, from where it is started."""
    jax = types.SimpleNamespace(
        value_and_grad=lambda function: function,
        numpy=types.SimpleNamespace(asarray=np.asarray),
    )
    keras = types.SimpleNamespace(
        Model=Model,
        StatelessScope=lambda state_mapping: contextlib.nullcontext(),
        utils=types.SimpleNamespace(
            unpack_x_y_sample_weight=lambda data: (*data, None)
        ),
    )
    tensorflow = types.SimpleNamespace(
        IndexedSlices=bytes,
        nest=types.SimpleNamespace(flatten=lambda value: [value]),
    )
    for name in ("jax", "keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, locals()[name])
    x, y = np.array([1.0, 2.0]), np.array([2.0, 4.0])
    model, stages = Model(), JaxStages(60.0, 2, {0: np.array(1.0)})
    with stages.watching():
        _, state = model.train_step(([np.array(7.0)], [], [0.1]), (x, y))
        model.train_step(state, (x, y))
    first, second = stages.updates
    assert first.x.tolist() == [1.0, 2.0]
    assert first.output.tolist() == [1.0, 2.0]
    assert first.gradients[0].loss == 2.5
    assert first.gradients[0].values == {0: -5.0}
    assert (first.before[0], first.after[0]) == (1.0, 1.5)
    assert second.before[0] == 1.5
    assert stages.number(model.w) == 0
    assert jax.value_and_grad(len) is len


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed"
)
def test_a_lesson_that_differs_on_jax_is_told_with_its_stage(
    tmp_path, monkeypatch
):
    """JAX draws other masks of dropout: the model's stage; a line agrees."""
    monkeypatch.chdir(tmp_path)
    lessons = "linear_regression", "dropout_mlp", "gan"
    words = "--steps", "3", "--modes", "xla", "--backend", "jax"
    assert main(["across", *lessons, *words]) == 1
    found = read_report(Path("across.json")).across
    line, dropout = (m.verdict for m in found.between)
    assert line.agree
    assert dropout.outcome == "different"
    assert dropout.divergence.step == 1
    assert dropout.diagnosis.parts_at.name == "model"
    assert found.left_out == ("gan on JAX: its Keras side needs TensorFlow",)
    assert [p.backend for p in found.places] == ["tensorflow", "jax"]
    for language in ("en", "ko"):
        assert list(tell_across(found, speaker(language)))
