"""Lessons on penguins whose species is to be told, and more."""

from __future__ import annotations

from functools import partial

import numpy as np

from compare.lessons.linear import glorot, mixed
from compare.lessons.losses import two_losses, weighted_cross_entropy
from compare.lessons.own_data import own_problem
from compare.lessons.penguins import penguin_species
from compare.lessons.pictures import both_heads, metrics_by_epoch
from compare.records.problem import Problem, Settings

HIDDEN_UNITS = 8

RARE_WEIGHT = 4.0
"""Four of five penguins are of other species."""


def two_heads(settings: Settings) -> Problem:
    """Tell species and body mass of penguins at once."""
    measured, species, table = penguin_species()
    measured, species = mixed(measured, species)
    x, mass = measured[:, :3], measured[:, 3:].astype("float32")
    species_weight, mass_weight = 1.0, 0.5
    return own_problem(
        settings,
        "two_heads",
        "One input, two outputs, two losses",
        table.name,
        x,
        species,
        _heads(),
        partial(two_losses, mass=mass, weights=(species_weight, mass_weight)),
        epochs=15,
        batch_size=64,
        learning_rate=0.2,
        hyper={
            "species": species,
            "mass": mass,
            "species_weight": species_weight,
            "mass_weight": mass_weight,
        },
        notes=table.notes,
        compared=("species_accuracy", "mass_mae"),
        picture=both_heads,
    )


def weighted(settings: Settings) -> Problem:
    """Tell the rarest species of penguins from the others."""
    measured, species, table = penguin_species()
    x, species = mixed(measured, species)
    rarest = np.bincount(species).argmin()
    kernel = np.random.default_rng(1).normal(0, 0.1, (x.shape[1], 1))
    class_weights = np.array([1.0, RARE_WEIGHT])
    return own_problem(
        settings,
        "weighted",
        "A rare class: class weights and streamed metrics",
        table.name,
        x,
        (species == rarest).astype(int).reshape(-1, 1),
        {"kernel": kernel, "bias": np.zeros(1)},
        partial(weighted_cross_entropy, weights=class_weights),
        epochs=12,
        batch_size=64,
        learning_rate=0.2,
        hyper={"class_weights": class_weights, "thresholds": 200},
        notes=table.notes,
        compared=("precision", "recall", "auc", "weighted_accuracy"),
        picture=metrics_by_epoch,
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
