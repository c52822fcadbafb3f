"""Lessons on penguins whose species is to be told, and more."""

from __future__ import annotations

from functools import partial

import numpy as np

from compare.lessons.linear import given, glorot, linear_problem, mixed
from compare.lessons.losses import two_losses, weighted_cross_entropy
from compare.lessons.own_data import no_table
from compare.lessons.penguins import penguin_species
from compare.lessons.pictures import both_heads, metrics_by_epoch
from compare.records.problem import Problem, Settings

HIDDEN_UNITS = 8

RARE_WEIGHT = 4.0
"""Four of five penguins are of other species."""


def two_heads(settings: Settings) -> Problem:
    """Tell species and body mass of penguins at once."""
    no_table("two_heads", settings)
    measured, species, _ = penguin_species()
    measured, species = mixed(measured, species)
    x, mass = measured[:, :3], measured[:, 3:]
    problem = linear_problem(
        settings,
        "two_heads",
        "One input, two outputs, two losses",
        truth=None,
        epochs=15,
        hyper={
            "species": species,
            "mass": mass,
            "species_weight": 1.0,
            "mass_weight": 0.5,
        },
        compared=("species_accuracy", "mass_mae"),
    ).replace(x=x, y=species, initial=_heads(), scaling=None)
    rate = given(settings.learning_rate, 0.2)
    problem = problem.with_hyper(learning_rate=rate).astype("float32")
    weights = (problem.species_weight, problem.mass_weight)
    return problem.replace(
        loss=partial(two_losses, mass=problem.mass, weights=weights),
        picture=both_heads,
    )


def weighted(settings: Settings) -> Problem:
    """Tell the rarest species of penguins from the others."""
    no_table("weighted", settings)
    measured, species, _ = penguin_species()
    x, species = mixed(measured, species)
    rarest = np.bincount(species).argmin()
    kernel = np.random.default_rng(1).normal(0, 0.1, (x.shape[1], 1))
    class_weights = np.array([1.0, RARE_WEIGHT])
    problem = linear_problem(
        settings,
        "weighted",
        "A rare class: class weights and streamed metrics",
        truth=None,
        epochs=12,
        hyper={"class_weights": class_weights, "thresholds": 200},
        compared=("precision", "recall", "auc", "weighted_accuracy"),
    )
    rate = given(settings.learning_rate, 0.2)
    return (
        problem.replace(
            x=x,
            y=(species == rarest).astype(int).reshape(-1, 1),
            initial={"kernel": kernel, "bias": np.zeros(1)},
            loss=partial(weighted_cross_entropy, weights=class_weights),
            scaling=None,
            picture=metrics_by_epoch,
        )
        .with_hyper(learning_rate=rate)
        .astype("float32")
    )


def _heads() -> dict[str, np.ndarray]:
    """Return first parameters: Glorot-uniform kernels, no bias."""
    generator = np.random.default_rng(0)
    return {
        "hidden_kernel": glorot(generator, 3, HIDDEN_UNITS),
        "hidden_bias": np.zeros(HIDDEN_UNITS),
        "species_kernel": glorot(generator, HIDDEN_UNITS, 3),
        "species_bias": np.zeros(3),
        "mass_kernel": glorot(generator, HIDDEN_UNITS, 1),
        "mass_bias": np.zeros(1),
    }
