"""Two whole scripts: run as they are, from one start, and diagnosed."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import compare
from compare.commands.main import main

SHARED = """
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed({seed})
rng = np.random.default_rng(1)
x = rng.normal(size=(30, 4)).astype("float32")
y = (x @ rng.normal(size=(4, 3))).argmax(axis=1)
model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(5, activation="relu"),
        keras.layers.Dense(3),
    ]
)
"""

LOOP = """
optimizer = keras.optimizers.Adam(0.01)

@tf.function
def step(rows, labels):
    with tf.GradientTape() as tape:
        logits = model(rows, training=True)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        )
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

for epoch in range(3):
    for first in range(0, len(x), 10):
        step(x[first : first + 10], y[first : first + 10])
"""

FIT = """
def main():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam({rate}), loss)
    model.fit(x, y, 10, epochs=3, verbose=0{more})

if __name__ == "__main__":
    main()
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


def write(name, text, seed=1, rate=0.01, more=", shuffle=False"):
    """Write a script that begins as all do."""
    body = text.replace("{rate}", str(rate)).replace("{more}", more)
    path = Path(name)
    path.write_text(SHARED.replace("{seed}", str(seed)) + body)
    return str(path)


def test_a_loop_and_fit_are_the_same_training_from_one_start():
    """The second draws other first parameters: it gets those of the first."""
    verdict = compare.check(write("a.py", LOOP), write("b.py", FIT, seed=2))
    assert verdict.outcome == "identical", verdict.explain()
    assert verdict.updates == (9, 9)
    assert "was started from a.py's" in verdict.explain()


def test_models_that_their_first_step_builds_get_one_start():
    """One step is traced when it builds its model, the other is not."""
    sides = write("a.py", LOOP), write("b.py", FIT, seed=2)
    for side in sides:
        text = Path(side).read_text().replace("keras.Input((4,)),", "")
        Path(side).write_text(text.replace("@tf.function", ""))
    verdict = compare.check(*sides)
    assert verdict.outcome == "identical", verdict.explain()
    assert verdict.updates == (9, 9)
    assert "was started from a.py's" in verdict.explain()


@pytest.mark.usefixtures("once")
def test_what_scripts_do_otherwise_is_named():
    """Both of two mistakes, by what the scripts themselves read."""
    right = write("b.py", FIT, rate=0.02, more="")
    verdict = compare.check(write("a.py", LOOP), right)
    assert verdict.outcome == "different"
    keys = {cause.key for cause in verdict.diagnosis.causes}
    assert keys == {"fit-shuffles", "learning-rate"}, verdict.explain()
    assert "0.02" in verdict.explain()


@pytest.mark.usefixtures("once")
def test_a_script_that_drops_the_last_batch_is_named():
    """Its rows are those of the other script, which takes them all."""
    left = write("a.py", LOOP.replace("10)", "8)").replace("+ 10", "+ 8"))
    text = Path(left).read_text().replace("len(x), 8", "len(x) - 8, 8")
    Path(left).write_text(text)
    right = write("b.py", FIT.replace("y, 10", "y, 8"))
    verdict = compare.check(left, right)
    keys = {cause.key for cause in verdict.diagnosis.causes}
    assert keys == {"tail-dropped"}, verdict.explain()


REFUSED = {
    "x = 1": "it took no gradient",
    "raise ValueError('no way')": "ValueError: no way",
    "import sys; sys.exit('stop')": "it ended itself: stop",
    "import nowhere": "nowhere",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_script_that_trains_nothing_is_told(text, capsys):
    """Exit code 3, and why."""
    Path("b.py").write_text(text)
    assert main(["pair", write("a.py", LOOP), "b.py"]) == 3
    assert REFUSED[text] in " ".join(capsys.readouterr().out.split())


def test_scripts_of_two_models_cannot_be_compared(capsys):
    """What shapes each has is said."""
    other = SHARED.replace("Dense(5", "Dense(6").format(seed=1) + LOOP
    Path("b.py").write_text(textwrap.dedent(other))
    assert main(["pair", write("a.py", LOOP), "b.py"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "(4, 5)" in out
    assert "(4, 6)" in out
