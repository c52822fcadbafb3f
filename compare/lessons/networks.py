"""Lessons with a hidden layer, or with classes to tell apart."""

from __future__ import annotations

import numpy as np

from compare.lessons.linear import given, glorot, linear_problem, mixed
from compare.lessons.losses import cross_entropy
from compare.lessons.masks import first_masks
from compare.lessons.own_data import own_problem
from compare.lessons.penguins import penguin_species
from compare.lessons.pictures import (
    lengths_of_updates,
    moving_statistics,
    validation_curve,
)
from compare.lessons.planes import ADAM, decaying
from compare.records.note import Note
from compare.records.problem import Problem, Settings

HIDDEN_UNITS = 16


def dropout_mlp(settings: Settings) -> Problem:
    """Fit a hidden layer with dropout."""
    problem = linear_problem(
        settings,
        "dropout_mlp",
        "A hidden layer, and dropout in training only",
        truth=None,
        epochs=8,
        hyper={"rate": 0.25},
        compared=("predictions",),
    )
    return _with_hidden_layer(problem).replace(picture=first_masks)


def batch_norm(settings: Settings) -> Problem:
    """Fit a hidden layer that is normalized batch by batch."""
    problem = linear_problem(
        settings,
        "batch_norm",
        "A hidden layer, normalized batch by batch",
        truth=None,
        epochs=8,
        hyper={"decay": 0.99, "epsilon": 1e-3},
        compared=("predictions",),
    )
    problem = _with_normalized_layer(problem)
    return problem.replace(picture=moving_statistics)


def classification(settings: Settings) -> Problem:
    """Tell three species of penguins apart by four measurements."""
    measured, species, table = penguin_species()
    x, y = mixed(measured, species)
    kernel = np.random.default_rng(1).normal(0, 0.1, (x.shape[1], 3))
    return own_problem(
        settings,
        "classification",
        "Tell classes apart: softmax and cross-entropy",
        table.name,
        x,
        y,
        {"kernel": kernel, "bias": np.zeros(3)},
        cross_entropy,
        epochs=15,
        batch_size=64,
        learning_rate=0.5,
        notes=table.notes,
        compared=("accuracy",),
    )


def mixed_precision(settings: Settings) -> Problem:
    """Fit a hidden layer whose numbers have 16 bits."""
    problem = linear_problem(
        settings,
        "mixed_precision",
        "Half the bits: float16 with a scaled loss",
        truth=None,
        epochs=12,
        hyper={"initial_scale": 2.0**17, "growth_steps": 10},
    )
    note = Note(
        "it computes in float16, and a run in float64 would be another "
        "training: equal bits are the only proof here"
    )
    return _with_hidden_layer(problem).replace(
        notes=(*problem.notes, note),
        provable=False,
        picture=lengths_of_updates,
    )


def full_loop(settings: Settings) -> Problem:
    """Fit a hidden layer with all that the other lessons show."""
    problem = linear_problem(
        settings,
        "full_loop",
        "All of it at once, as a real project has it",
        truth=None,
        epochs=15,
        batch_size=32,
        holds_out=True,
        hyper={
            **ADAM,
            "l2": 0.001,
            "clip_norm": 0.5,
            "rate": 0.1,
            "patience": 3,
        },
        compared=("val_loss",),
    )
    rate = given(settings.learning_rate, 0.02)
    problem = problem.with_hyper(learning_rate=rate)
    problem = decaying(_with_hidden_layer(problem))
    return problem.replace(picture=validation_curve)


def _with_hidden_layer(problem: Problem) -> Problem:
    """Give the problem a hidden layer with Glorot-uniform kernels."""
    generator = np.random.default_rng(0)
    features = problem.x.shape[1]
    return problem.replace(
        initial={
            "hidden_kernel": glorot(generator, features, HIDDEN_UNITS),
            "hidden_bias": np.zeros(HIDDEN_UNITS),
            "output_kernel": glorot(generator, HIDDEN_UNITS, 1),
            "output_bias": np.zeros(1),
        },
        scaling=None,  # there is no slope per column to give in its units
    ).astype("float32")


def _with_normalized_layer(problem: Problem) -> Problem:
    """Give the problem a hidden layer with batch normalization, no bias."""
    problem = _with_hidden_layer(problem)
    first = problem.initial
    zeros = first["hidden_bias"]
    return problem.replace(
        initial={
            "hidden_kernel": first["hidden_kernel"],
            "gamma": np.ones_like(zeros),
            "beta": zeros,
            "moving_mean": zeros,
            "moving_variance": np.ones_like(zeros),
            "output_kernel": first["output_kernel"],
            "output_bias": first["output_bias"],
        },
    )
