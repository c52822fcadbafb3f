"""A loss is told by its gradient, and nothing is told that would fit any."""

from __future__ import annotations

from types import SimpleNamespace

import jobs
import numpy as np
import pytest

from compare.pairs.diagnosis.anatomy import Tensor
from compare.pairs.diagnosis.loss_parameters import solved
from compare.pairs.diagnosis.loss_recognition import tell
from compare.pairs.diagnosis.losses import Form, forms
from compare.running.processes import Job, run_jobs


def apart(function, *arguments):
    """Call it in a process of its own, which may import TensorFlow."""
    work = Job("loss", jobs.called, (function, *arguments))
    (found,) = run_jobs([work], 1, 60.0)
    return found


RNG = np.random.default_rng(3)
BOUND = 3e-7


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


@pytest.mark.parametrize(("delta", "solve"), [(0.7, "delta"), (9.0, "least")])
def test_the_delta_of_a_huber_loss_is_solved_for(delta, solve):
    """From errors on both sides of it; else only that it is larger."""
    error = RNG.normal(size=(20, 1))
    y = RNG.normal(size=(20, 1))
    upstream = np.clip(error, -delta, delta) / 20
    found = apart(solved, Form("huber", solve=solve), y, y + error, upstream)
    assert found == (
        Form("huber", delta=0.7)
        if solve == "delta"
        else Form(
            "huber", delta=float(np.abs(y + error - y).max()), least=True
        )
    )


@pytest.mark.parametrize("share", [1.0, 1 / 4])
def test_labels_smoothed_by_a_share_or_the_whole_are_told_apart(share):
    """Of a cross-entropy by hand, at its logits."""
    logits = RNG.normal(size=(9, 4))
    y = np.eye(4)[RNG.integers(0, 4, 9)]
    mixed = y * 0.9 + 0.1 * share
    softmax = np.exp(log_softmax(logits))
    upstream = (softmax * mixed.sum(1, keepdims=True) - mixed) / 9
    form = Form("categorical_crossentropy", True, solve="smoothing")
    found = apart(solved, form, y, logits, upstream)
    assert found == Form(
        "categorical_crossentropy", True, 0.1, added=share == 1.0
    )


def step_of(tape, loss):
    """Return an update by hand that shows only a tape."""
    nothing = SimpleNamespace(
        losses=(), weights=None, mask=None, penalty=None, output=None
    )
    gradient = SimpleNamespace(tape=tape, outputs=())
    return SimpleNamespace(
        head=None, gradient=gradient, update=nothing, loss=loss
    )


def test_no_loss_is_told_where_weights_would_have_to_be_made_up():
    """Any loss fits a number per row with a weight per row."""
    logits, other = RNG.normal(size=(2, 12, 1))
    y = (RNG.uniform(size=(12, 1)) > 0.5).astype(float)
    p = 1 / (1 + np.exp(-logits))
    odd = RNG.uniform(1, 3, (12, 1))
    loss = float((odd * -(y * np.log(p) + (1 - y) * np.log(1 - p))).mean())
    slope = odd * (p - y) / 12
    step = step_of(
        (
            Tensor("Tanh", np.tanh(other), RNG.normal(size=(12, 1))),
            Tensor("AddV2", logits, slope),
            Tensor("Sigmoid", p, slope / (p * (1 - p))),
            Tensor("Log", np.log(p), -odd * y / 12),
        ),
        loss,
    )
    assert apart(tell, step, step, [y], forms([]), BOUND) is None


def test_a_prediction_is_not_looked_for_behind_the_targets():
    """The absolute error's signs would fit, not its value."""
    logits = RNG.normal(size=(9, 4))
    y = np.eye(4)[RNG.integers(0, 4, 9)] * 0.9 + 0.1
    logs = log_softmax(logits)
    loss = float(-(y * logs).sum(1).mean())
    slope = (np.exp(logs) * y.sum(1, keepdims=True) - y) / 9
    step = step_of(
        (
            Tensor("AddV2", logits, slope),
            Tensor("LogSoftmax", logs, -y / 9),
        ),
        loss,
    )
    found = apart(tell, step, step, [np.round(y - 0.1)], forms([]), BOUND)
    assert found is not None
    assert found.form.name == "categorical_crossentropy"
    assert found.form.added


def test_a_prediction_is_found_behind_what_the_other_side_predicts():
    """An activation too many, or a penalty by hand beside the loss."""
    logits, y = RNG.normal(size=(2, 9, 4))
    p = 1 / (1 + np.exp(-logits))
    upstream = 2 * (p - y) / p.size
    tape = (
        Tensor("BiasAdd", logits, upstream * p * (1 - p)),
        Tensor("Sigmoid", p, upstream),
    )
    loss = float(((p - y) ** 2).mean())
    other = step_of((), 0.0)
    other.update.output = logits
    for penalty in (0.0, 0.3):
        step = step_of(tape, loss + penalty)
        found = apart(tell, step, other, [y], forms([]), BOUND)
        assert found is not None
        assert found.form.name == "mean_squared_error"
        assert not found.of_logits
        np.testing.assert_allclose(found.prediction, p)
        assert found.rest == pytest.approx(penalty)
