"""Pictures of what single lessons are about, from their runs."""

from __future__ import annotations

import math

import numpy as np

from compare.records.note import marked
from compare.records.picture import Curve, Curves, Images, Picture
from compare.records.problem import Problem
from compare.records.runs import Trajectory

MOST_CURVES = 4
"""Parameters of which a curve is drawn."""


def over(
    across: np.ndarray, up: np.ndarray, name: str, dots: bool = False
) -> Curve:
    """Return a curve through numbers over others, both of shape (points,)."""
    return Curve(name, np.column_stack([across, up]).astype(float), dots)


def validation_curve(problem: Problem, run: Trajectory) -> Picture:
    """Show the error on held-out rows, and the epoch that was kept."""
    losses = run.results["val_loss"]
    epochs = np.arange(1, len(losses) + 1)
    best = int(np.argmin(losses))
    return one_chart(
        marked("The error on the held-out rows"),
        marked("epoch"),
        marked("mean squared error"),
        over(epochs, losses, marked("after each epoch")),
        over(epochs[[best]], losses[[best]], marked("kept: the best"), True),
    )


def falling_rate(problem: Problem, run: Trajectory) -> Picture:
    """Show the learning rate of each update: half a cosine."""
    done = np.arange(problem.steps)
    angles = math.pi * done / problem.decay_steps
    rates = problem.learning_rate * 0.5 * (1 + np.cos(angles))
    return one_chart(
        marked("The learning rate of each update"),
        marked("update"),
        marked("learning rate"),
        over(done + 1, rates, marked("learning rate")),
    )


def steps_of_each(problem: Problem, run: Trajectory) -> Picture:
    """Show how far each of the first parameters moves in each update."""
    moves = {
        f"{name}[{place}]": np.abs(np.diff(path.astype(float)))
        for name, values in run.parameters.items()
        for place, path in enumerate(values.reshape(len(values), -1).T)
    }
    updates = np.arange(1, run.updates + 1)
    return one_chart(
        marked("How far each update moves each parameter: alike at first"),
        marked("update"),
        marked("length"),
        *(over(updates, moves[n], n) for n in list(moves)[:MOST_CURVES]),
    )


def clipped_gradients(problem: Problem, run: Trajectory) -> Picture:
    """Show how long the kernel's gradients are, and what is left of them."""
    kernel, bias = (
        run.parameters[n].astype(float) for n in ("kernel", "bias")
    )
    whole = []
    for update in range(run.updates):
        start = update % problem.steps_per_epoch * problem.batch_size
        rows = slice(start, start + problem.batch_size)
        x = problem.x[rows].astype(float)
        errors = x @ kernel[update] + bias[update] - problem.y[rows]
        gradient = 2 * x.T @ errors / len(x) + 2 * problem.l2 * kernel[update]
        whole.append(np.linalg.norm(gradient))
    moved = np.diff(kernel, axis=0).reshape(run.updates, -1)
    used = np.linalg.norm(moved, axis=1) / problem.learning_rate
    updates = np.arange(1, run.updates + 1)
    return one_chart(
        marked("The length of the kernel's gradient"),
        marked("update"),
        marked("length"),
        over(updates, np.array(whole), marked("with the penalty's share")),
        over(updates, used, marked("after clipping"), True),
    )


def moving_statistics(problem: Problem, run: Trajectory) -> Picture:
    """Show how the moving statistics follow those of all rows."""
    path = run.parameters
    hidden = np.einsum(
        "rf,ufh->urh", problem.x.astype(float), path["hidden_kernel"]
    )
    updates = np.arange(len(hidden))
    return one_chart(
        marked("The variance of the first hidden unit"),
        marked("update"),
        marked("variance"),
        over(updates, hidden.var(axis=1)[:, 0], marked("of all rows")),
        over(updates, path["moving_variance"][:, 0], marked("moving average")),
    )


def metrics_by_epoch(problem: Problem, run: Trajectory) -> Picture:
    """Show precision, recall and AUC of the rare class after each epoch."""
    names = {
        "precision": marked("precision"),
        "recall": marked("recall"),
        "auc": marked("area under the ROC curve"),
    }
    epochs = np.arange(1, len(run.results["recall"]) + 1)
    return one_chart(
        marked("What is found of the rare class, and how often that is right"),
        marked("epoch"),
        marked("share"),
        *(over(epochs, run.results[key], text) for key, text in names.items()),
    )


def moves_in_steps(problem: Problem, run: Trajectory) -> Picture:
    """Show that the parameters stand still but for every few batches."""
    batches = np.arange(min(run.updates, 24) + 1)
    path = run.parameters["kernel"][: len(batches)].reshape(len(batches), -1)
    return one_chart(
        marked("The first element of the kernel, batch by batch"),
        marked("batch"),
        marked("value"),
        over(
            np.repeat(batches, 2)[1:],
            np.repeat(path[:, 0], 2)[:-1],
            marked("moves with every fourth batch"),
        ),
    )


def lengths_of_updates(problem: Problem, run: Trajectory) -> Picture:
    """Show how far each update moves; where float16 overflowed it is 0."""
    moves = np.sqrt(
        sum(
            (np.diff(path.astype(float), axis=0) ** 2)
            .reshape(len(path) - 1, -1)
            .sum(axis=1)
            for path in run.parameters.values()
        )
    )
    updates = np.arange(1, len(moves) + 1)
    skipped = moves == 0
    return one_chart(
        marked("How far each update moves the parameters"),
        marked("update"),
        marked("length"),
        over(updates, moves, marked("length of the step")),
        over(
            updates[skipped],
            moves[skipped],
            marked("skipped: a gradient had overflowed"),
            True,
        ),
    )


def samples(problem: Problem, run: Trajectory) -> Picture:
    """Show real rows, and what the generator makes of noise in the end."""
    return one_chart(
        marked("Real penguins, and generated ones"),
        marked("bill length, standardised"),
        marked("body mass, standardised"),
        Curve(marked("real"), problem.x.astype(float), True),
        Curve(marked("generated"), run.results["predictions"], True),
    )


def filters_and_digits(problem: Problem, run: Trajectory) -> Picture:
    """Show the filters, and which test digits are taken for which."""
    filters = run.results["filters"][:, :, 0].transpose(2, 0, 1)
    read = run.results["predictions"].argmax(axis=1)
    digits = tuple(map(str, range(10)))
    confused = np.zeros((1, 10, 10))
    np.add.at(confused[0], (problem.y_test, read), 1)
    wrong = np.flatnonzero(read != problem.y_test)
    images = [
        Images(marked("The filters, as they are after the training"), filters),
        Images(
            marked("Digits that no training has seen, and how they are read"),
            confused,
            rows=digits,
            columns=digits,
            down=marked("is"),
            across=marked("read as"),
        ),
    ]
    if len(wrong):
        captions = tuple(f"{problem.y_test[n]} → {read[n]}" for n in wrong)
        images.append(
            Images(
                marked("Those that are misread"),
                problem.x_test[wrong, :, :, 0],
                captions,
            )
        )
    return Picture(tuple(images))


def frozen_and_thawed(problem: Problem, run: Trajectory) -> Picture:
    """Show how far base and head have moved: the base not, while frozen."""
    path = run.parameters
    updates = np.arange(run.updates + 1)

    def moved(name: str) -> np.ndarray:
        away = (path[name] - path[name][0]).astype(float)
        rows = away.reshape(len(away), -1)
        return np.asarray(np.linalg.norm(rows, axis=1))

    units = run.results["hidden_kernel"]
    side = math.isqrt(len(units))
    distances = one_chart(
        marked("How far the kernels have moved from their start"),
        marked("update"),
        marked("distance"),
        over(updates, moved("kernel"), marked("head")),
        over(updates, moved("hidden_kernel"), marked("base")),
    )
    shown = Images(
        marked("What each unit of the base looks for"),
        units.T.reshape(-1, side, side),
    )
    return Picture((shown,), distances.curves)


def both_heads(problem: Problem, run: Trajectory) -> Picture:
    """Show what each head has learnt, epoch by epoch."""
    accuracy = run.results["species_accuracy"]
    error = run.results["mass_mae"]
    epochs = np.arange(1, len(accuracy) + 1)
    first, second = (
        Curves(title, marked("epoch"), up, (over(epochs, values, name),))
        for title, up, values, name in (
            (
                marked("The head that tells the species"),
                marked("accuracy"),
                accuracy,
                marked("species"),
            ),
            (
                marked("The head that tells the body mass"),
                marked("mean absolute error"),
                error,
                marked("body mass"),
            ),
        )
    )
    return Picture(curves=(first, second))


def one_chart(title: str, across: str, up: str, *curves: Curve) -> Picture:
    """Return a picture of one chart."""
    return Picture(curves=(Curves(title, across, up, curves),))
