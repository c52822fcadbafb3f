"""Dropout's masks, drawn as TensorFlow draws them, without TensorFlow.

Its stateless random functions are Philox 4x32 with ten rounds (Salmon et al.:
Parallel random numbers: as easy as 1, 2, 3, SC 2011), and are the same on
every machine. Of each 32 bits XLA makes a number of the first, all else of the
last, so that its masks are others.
"""

from __future__ import annotations

import numpy as np

from compare.records import Mode
from compare.records.note import marked
from compare.records.picture import Images, Picture
from compare.records.problem import Problem
from compare.records.runs import Trajectory

SHOWN = 3
"""Updates of which the mask is shown."""

FACTORS = 0xD2511F53, 0xCD9E8D57
WEYL = np.array([0x9E3779B9, 0xBB67AE85], np.uint32)
"""What the key grows by from round to round."""

ROUNDS = 10

SEEDING = np.array([0x3EC8F720, 0x02461E29], np.uint32)
"""The key under which TensorFlow turns two seeds into key and counter."""


def kept(
    seed: int, drawn: int, rate: float, shape: tuple[int, ...], mode: Mode
) -> np.ndarray:
    """Return a mask as `stateless_dropout` draws it from [seed, drawn].

    Args:
        seed: of all masks, not negative.
        drawn: how many masks were drawn before.
        rate: share that is dropped.
        shape: of what dropout is applied to.
        mode: in which it is.

    Returns:
        bool: what is kept.
    """
    first, second = np.uint64(seed), np.uint64(drawn)
    counter = np.array([[first, 0, second, 0]], np.uint64).astype(np.uint32)
    mixed = _philox(counter, SEEDING)[0]
    blocks = -(-int(np.prod(shape)) // 4)
    counters = np.zeros((blocks, 4), np.uint32)
    counters[:, 0] = np.arange(blocks)
    counters[:, 2:] = mixed[2:]
    bits = _philox(counters, mixed[:2]).ravel()[: int(np.prod(shape))]
    fraction = bits >> 9 if mode == "xla" else bits & 0x7FFFFF
    uniform = fraction.astype(np.float32) / 2**23
    return uniform.reshape(shape) >= np.float32(rate)


def _philox(counters: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Return four random numbers for each counter, uint32 as these."""
    a, b, c, d = counters.T
    for _ in range(ROUNDS):
        left, right = (
            word.astype(np.uint64) * np.uint64(factor)
            for word, factor in zip((a, c), FACTORS, strict=True)
        )
        a, b, c, d = (
            _high(right) ^ b ^ key[0],
            right.astype(np.uint32),
            _high(left) ^ d ^ key[1],
            left.astype(np.uint32),
        )
        key = key + WEYL
    return np.stack([a, b, c, d], axis=1)


def _high(product: np.ndarray) -> np.ndarray:
    return (product >> np.uint64(32)).astype(np.uint32)


def first_masks(problem: Problem, run: Trajectory) -> Picture | None:
    """Show which hidden units dropout keeps, where the run bears it out.

    A mask is shown if the update that follows from it is the run's own.
    """
    size = problem.batch_size
    masks = {}
    for update in range(min(SHOWN, run.updates)):
        start = update % problem.steps_per_epoch * size
        batch = slice(start, start + size)
        x, y = problem.x[batch], problem.y[batch]
        shape = (len(x), problem.hidden_bias.size)
        mask = kept(problem.seed, update, problem.rate, shape, run.mode)
        if _bears_out(problem, run, update, mask, x, y):
            masks[update] = mask
    if not masks:
        return None
    # As many rows as units, so that it is a square.
    rows = min(problem.hidden_bias.size, *map(len, masks.values()))
    shown = Images(
        marked(
            "What dropout keeps (filled) in the first updates: rows of the "
            "batch down, hidden units across"
        ),
        np.array([mask[:rows] for mask in masks.values()], int),
        tuple(str(update + 1) for update in masks),
    )
    return Picture((shown,))


def _bears_out(
    problem: Problem,
    run: Trajectory,
    update: int,
    mask: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
) -> bool:
    """Whether an update of the output's kernel is the one with this mask."""
    now = {name: v.astype(float) for name, v in run.state(update).items()}
    hidden = np.maximum(x @ now["hidden_kernel"] + now["hidden_bias"], 0)
    hidden = hidden * mask / (1 - problem.rate)
    errors = hidden @ now["output_kernel"] + now["output_bias"] - y
    gradient = 2 * hidden.T @ errors / len(x)
    after = now["output_kernel"] - problem.learning_rate * gradient
    # float32 rounds at 1e-7; another mask is off by a hundred times the bound.
    found = run.state(update + 1)["output_kernel"]
    return bool(np.allclose(found, after, rtol=0, atol=1e-5))
