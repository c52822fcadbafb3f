"""The lesson on two networks that are trained against each other."""

from __future__ import annotations

import numpy as np

from compare.lessons.linear import glorot, mixed
from compare.lessons.losses import hidden_layer
from compare.lessons.own_data import own_problem
from compare.lessons.penguins import COLUMNS, penguin_species
from compare.lessons.pictures import samples
from compare.records.problem import Parameters, Problem, Settings

MEASURED = ("bill_length_mm", "body_mass_g")
"""The two measurements that are generated."""

HIDDEN_UNITS = 16


def gan(settings: Settings) -> Problem:
    """Generate rows of two measurements that look like a penguin's."""
    measured, _, table = penguin_species()
    columns = [COLUMNS.index(name) for name in MEASURED]
    noise = np.random.default_rng(3).normal(size=(len(measured), 2))
    x, _ = mixed(measured[:, columns], noise)
    return own_problem(
        settings,
        "gan",
        "Two networks against each other: generate penguins",
        table.name,
        x,
        noise,  # what is generated of it at the end is compared
        _first_weights(),
        discriminators_loss,
        epochs=12,
        batch_size=57,  # a sixth of the rows
        learning_rate=0.5,
        hyper={"noise": noise},
        notes=table.notes,
        compared=("predictions",),
        picture=samples,
    )


def _first_weights() -> dict[str, np.ndarray]:
    """Return Glorot-uniform kernels and no biases, for both networks."""
    generator = np.random.default_rng(0)
    features = len(MEASURED)
    initial = {}
    for network, outputs in (("d", 1), ("g", features)):
        for layer, rows, columns in (
            ("hidden", features, HIDDEN_UNITS),
            ("output", HIDDEN_UNITS, outputs),
        ):
            kernel = glorot(generator, rows, columns)
            initial[f"{network}_{layer}_kernel"] = kernel
            initial[f"{network}_{layer}_bias"] = np.zeros(columns)
    return initial


def discriminators_loss(
    parameters: Parameters, x: np.ndarray, noise: np.ndarray
) -> float:
    """Return how badly the discriminator tells rows from generated ones.

    Where it can but guess, that is 2 log 2 = 1.386.
    """
    real = _network("d", parameters, x)
    fake = _network("d", parameters, generated(parameters, noise))
    with np.errstate(over="ignore", invalid="ignore"):
        # log(1 + e^-z) is minus the logarithm of the share for "real".
        errors = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    return float(errors)


def generated(parameters: Parameters, noise: np.ndarray) -> np.ndarray:
    """Return the rows that the generator makes of noise, in float64."""
    return _network("g", parameters, noise)


def _network(name: str, parameters: Parameters, x: np.ndarray) -> np.ndarray:
    own = {
        key.removeprefix(f"{name}_"): value
        for key, value in parameters.items()
        if key.startswith(f"{name}_")
    }
    with np.errstate(over="ignore", invalid="ignore"):
        return hidden_layer(own, x)
