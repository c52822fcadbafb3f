"""float32 in a user's code means float64 in the run that tells rounding."""

from __future__ import annotations

import pytest

from compare.running.processes import Job, run_jobs
from tests import jobs


@pytest.fixture(scope="module")
def dtypes():
    (found,) = run_jobs([Job("lift", jobs.lifted_dtypes, ())], 1, 60)
    return found


@pytest.mark.parametrize(
    "what",
    [
        "tf.constant(x, tf.float32)",
        'tf.cast(x, "float32")',
        "tf.Variable(0.7)",
        "tf.constant([0.7])",
        "tf.zeros(3)",
        "np.float32(0.7)",
        "in a tf.function",
        "in a closure",
    ],
)
def test_float32_is_lifted(dtypes, what):
    """Each way to say float32 gives float64."""
    assert dtypes[what] == "float64"


def test_integers_and_variables_stay_what_they_are(dtypes):
    """Integers are not touched, and isinstance still knows a variable."""
    assert dtypes["tf.constant(1)"] == "int32"
    assert dtypes["isinstance"] == "True"


def test_keras_rounds_no_plain_float(dtypes):
    """`ops.cast(0.9, "float64")` is 0.9, not float32's."""
    assert dtypes["keras cast"] == "0.9"


def test_a_constant_of_the_module_is_the_number_that_was_written(dtypes):
    """np.float32(1e-7) was made before the lift; it is 1e-7 after it."""
    assert dtypes["a constant of the module"] == "1e-07"
