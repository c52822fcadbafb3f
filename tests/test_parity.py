"""The judge: every planted difference is seen, no equal pair is accused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compare.judging.differences import first_divergence, largest_ulps
from compare.judging.parity import judge
from compare.records.runs import Failure, Trajectory


def never():
    raise AssertionError("float64 was run though nothing called for it")


def flipped(run, step, name="bias"):
    """Return the run with the last bit of one value flipped."""
    values = run.parameters[name].copy()
    values[step] = np.nextafter(values[step], np.float32(np.inf))
    return replace(run, parameters={**run.parameters, name: values})


def test_equal_bits_are_identical(make_run):
    """Two runs with the same bits need no float64 run."""
    verdict = judge(make_run("manual"), make_run("keras"), never)
    assert verdict.outcome == "identical"
    assert verdict.agree
    assert verdict.largest_ulps == 0
    assert "20 updates" in verdict.reason


@pytest.mark.parametrize("step", [0, 1, 7, 20])
def test_one_flipped_bit_is_found(make_run, step):
    """A single bit is found at its step and in its parameter."""
    found = first_divergence(make_run(), flipped(make_run("keras"), step))
    assert found is not None
    assert (found.step, found.parameter) == (step, "bias")


def test_rounding_is_same_mathematics(make_run):
    """Bits that differ by rounding agree once float64 shows it."""
    left, right = make_run("manual"), flipped(make_run("keras"), 5)
    proof = make_run(dtype="float64"), make_run("keras", dtype="float64")
    verdict = judge(left, right, lambda: proof)
    assert verdict.outcome == "same mathematics"
    assert verdict.largest_ulps == 1
    assert verdict.float64_difference == 0
    assert verdict.divergence.step == 5


def test_what_float64_cannot_show_is_never_called_rounding(make_run):
    """Of float16 a single bit is a difference, and the verdict says why."""
    verdict = judge(make_run("manual"), flipped(make_run("keras"), 5), None)
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 5
    assert "no run in float64 can show whether it is" in verdict.reason
    same = judge(make_run("manual"), make_run("keras"), None)
    assert same.outcome == "identical"


@pytest.mark.parametrize("factor", [1.002, 1 + 1e-6, 1 + 1e-9])
def test_a_slightly_other_learning_rate_is_different(make_run, factor):
    """A learning rate off by 0.2 % down to 1e-9 is not called rounding."""
    rate = 0.01 * factor
    left, right = make_run(), flipped(make_run("keras", learning_rate=rate), 1)
    proof = (
        make_run(dtype="float64"),
        make_run("keras", "float64", learning_rate=rate),
    )
    verdict = judge(left, right, lambda: proof)
    assert verdict.outcome == "different"
    assert not verdict.agree
    assert verdict.divergence.step == 1


def test_unequal_numbers_of_updates_are_different(make_run):
    """One update too many is different, with the common part reported."""
    verdict = judge(make_run(updates=20), make_run("keras", updates=21), never)
    assert verdict.outcome == "different"
    assert verdict.updates == (20, 21)
    assert "agree up to update 20" in verdict.reason


def test_a_difference_in_a_result_only_is_found(make_run):
    """Restored weights count: equal on the way, another result at the end."""
    left, right = make_run(), make_run("keras")
    right = replace(right, results={**right.results, "bias": np.float32(0)})
    exact = make_run("keras", "float64")
    proof = (
        make_run(dtype="float64"),
        replace(exact, results={**exact.results, "bias": np.float64(0)}),
    )
    verdict = judge(left, right, lambda: proof)
    assert verdict.outcome == "different"
    assert verdict.divergence.parameter == "bias"
    assert verdict.divergence.step == 20


def with_value(run, step, value):
    values = run.parameters["kernel"].copy()
    values[step:] = value
    return replace(run, parameters={**run.parameters, "kernel": values})


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_two_infinite_sides_do_not_agree(make_run, value):
    """NaN equals nothing: the same overflow on both sides is no agreement."""
    left = with_value(make_run(), 12, value)
    right = with_value(make_run("keras"), 12, value)
    verdict = judge(left, right, never)
    assert verdict.outcome == "could not run"
    assert "update 12" in verdict.reason


def test_one_infinite_side_is_different(make_run):
    """A side that overflows alone is different from one that does not."""
    verdict = judge(
        with_value(make_run(), 3, np.nan), make_run("keras"), never
    )
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 3
    assert "manual left the finite numbers at update 3" in verdict.reason


def test_a_failed_side_could_not_run(make_run):
    """A failure's reason becomes the verdict's, with the side's name."""
    failure = Failure("keras", "graph", "float32", "raised ValueError: no")
    verdict = judge(make_run(), failure, never)
    assert verdict.outcome == "could not run"
    assert verdict.reason == "keras: raised ValueError: no"


def test_a_failed_proof_is_no_pass(make_run):
    """When the float64 run fails, differing bits stay unexplained."""
    failure = Failure("keras", "graph", "float64", "was killed")
    verdict = judge(
        make_run(),
        flipped(make_run("keras"), 2),
        lambda: (make_run(dtype="float64"), failure),
    )
    assert verdict.outcome == "could not run"
    assert "was killed" in verdict.reason


def test_other_parameter_names_could_not_run(make_run):
    """Sides that name their parameters otherwise cannot be compared."""
    right = make_run("keras")
    renamed = {"weight": right.parameters["kernel"], **right.parameters}
    verdict = judge(make_run(), replace(right, parameters=renamed), never)
    assert verdict.outcome == "could not run"
    assert "weight" in verdict.reason


def test_scalar_and_matrix_of_one_value_match(make_run):
    """Shapes () and (1, 1) hold the same value."""
    right = make_run("keras")
    matrix = right.parameters["kernel"].reshape(-1, 1, 1)
    right = replace(right, parameters={**right.parameters, "kernel": matrix})
    assert judge(make_run(), right, never).outcome == "identical"


def test_negative_zero_has_other_bits(make_run):
    """0.0 and -0.0 are equal numbers with different bits."""
    left = with_value(make_run(), 4, 0.0)
    right = with_value(make_run("keras"), 4, -0.0)
    assert first_divergence(left, right).step == 4
    assert largest_ulps(left, right) == 0


def with_result(run, name, value):
    return replace(run, results={**run.results, name: np.array(value)})


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [(np.nan, np.nan, "could not run"), (np.nan, 0.5, "different")],
)
def test_nan_in_a_result_is_no_agreement(make_run, left, right, outcome):
    """A validation loss of NaN equals nothing, itself included."""
    verdict = judge(
        with_result(make_run(), "val_loss", left),
        with_result(make_run("keras"), "val_loss", right),
        never,
    )
    assert verdict.outcome == outcome


def test_a_float64_run_that_overflows_proves_nothing(make_run):
    """NaN in the proof, in any parameter, is not called rounding."""
    broken = make_run("keras", dtype="float64")
    broken.parameters["bias"][7:] = np.nan
    verdict = judge(
        make_run(),
        flipped(make_run("keras"), 2),
        lambda: (make_run(dtype="float64"), broken),
    )
    assert verdict.outcome == "could not run"
    assert "in float64 keras left the finite numbers at update 7" in (
        verdict.reason
    )


def shifted(run, name, by):
    values = run.parameters[name] + by
    return replace(run, parameters={**run.parameters, name: values})


def test_a_parameter_that_hardly_moves_may_round(make_run):
    """Near 1000, one unit in the last place of float64 is rounding."""
    left, right = (
        shifted(make_run(side, dtype="float64"), "kernel", 1000.0)
        for side in ("manual", "keras")
    )
    right.parameters["kernel"][5] = np.nextafter(
        right.parameters["kernel"][5], np.inf
    )
    verdict = judge(
        make_run(), flipped(make_run("keras"), 5), lambda: (left, right)
    )
    assert verdict.outcome == "same mathematics"


def test_a_far_mover_does_not_excuse_another(make_run):
    """Each parameter has a bound of its own: 1e-7 in the bias is real."""
    left, right = (
        make_run(side, dtype="float64") for side in ("manual", "keras")
    )
    for run in (left, right):
        run.parameters["kernel"][:] *= np.linspace(1, 1e6, 21)
    right.parameters["bias"][9] += 1e-7
    verdict = judge(
        make_run(), flipped(make_run("keras"), 9), lambda: (left, right)
    )
    assert verdict.outcome == "different"


def test_a_transposed_parameter_is_not_the_same(make_run):
    """Shapes (2, 3) and (3, 2) cannot be compared value by value."""
    runs = []
    for side, shape in (("manual", (21, 2, 3)), ("keras", (21, 3, 2))):
        values = np.ones(shape, np.float32)
        runs.append(
            replace(
                make_run(side),
                parameters={"kernel": values},
                results={"kernel": values[-1]},
            )
        )
    verdict = judge(*runs, never)
    assert verdict.outcome == "could not run"
    assert "(2, 3)" in verdict.reason


def test_training_that_moves_nothing_is_no_agreement(make_run):
    """Equal bits that never change are agreement about nothing."""
    still = [make_run(side, learning_rate=1e-30) for side in ("manual", "k")]
    verdict = judge(*still, never)
    assert verdict.outcome == "could not run"
    assert "none has moved" in verdict.reason


def test_no_update_is_no_agreement(make_run):
    """Two sides that made no update have not been compared."""
    starts = [make_run(side, updates=0) for side in ("manual", "keras")]
    verdict = judge(*starts, never)
    assert verdict.outcome == "could not run"
    assert "no update was made" in verdict.reason


def beside(run, value):
    """Return the run with a number beside its parameters."""
    constant = np.full(run.rows, value, run.dtype)
    return replace(run, parameters={**run.parameters, "rows_seen": constant})


@pytest.mark.parametrize("power", range(-30, 31, 6))
@pytest.mark.parametrize("rate", [0.01, 0.01 * (1 + 1e-9), 0.012])
def test_a_number_beside_changes_no_verdict(make_run, power, rate):
    """A count of rows or a time stamp excuses no other parameter."""
    left, right = make_run(), flipped(make_run("keras", learning_rate=rate), 3)
    proof = (
        make_run(dtype="float64"),
        make_run("keras", "float64", learning_rate=rate),
    )
    alone = judge(left, right, lambda: proof)
    value = 10.0**power
    verdict = judge(
        beside(left, value),
        beside(right, value),
        lambda: tuple(beside(run, value) for run in proof),
    )
    assert verdict == alone


@pytest.mark.parametrize("power", [0, 14, 30])
def test_a_large_value_in_the_same_array_excuses_no_other(make_run, power):
    """Each value has a bound of its own, not only each parameter."""

    def packed(run):
        columns = [*run.parameters.values(), np.full(21, 10.0**power)]
        weights = np.stack(columns, axis=1).astype(run.dtype)
        return replace(run, parameters={"weights": weights}, results={})

    rate = 0.01 * 1.002
    exact = "float64"
    verdict = judge(
        packed(make_run()),
        packed(make_run("keras", learning_rate=rate)),
        lambda: (
            packed(make_run(dtype=exact)),
            packed(make_run("keras", exact, learning_rate=rate)),
        ),
    )
    assert verdict.outcome == "different"
    assert verdict.divergence.index == (0,)


def chaotic(side, dtype, rate=3.9, moved=0.0):
    """Return 60 steps of the logistic map, written in one of two ways."""
    rate, x = np.array(rate, dtype), np.array(0.3 * (1 + moved), dtype)
    path = [x]
    for _ in range(60):
        one = rate * x * (1 - x)
        x = one if side == "manual" else rate * (x - x * x)
        path.append(x)
    rows = {"x": np.array(path)}
    return Trajectory(side, "graph", dtype, rows, {}, np.zeros(61))


def chaotic_verdict(rate):
    """Judge two forms of the map, with a measured condition."""
    unit = np.finfo(float).eps
    return judge(
        chaotic("manual", "float32"),
        chaotic("keras", "float32", rate),
        lambda: (
            chaotic("manual", "float64"),
            chaotic("keras", "float64", rate),
        ),
        lambda: [
            (
                chaotic("manual", "float64", moved=sign * unit),
                chaotic("keras", "float64", rate, sign * unit),
            )
            for sign in (1, -1)
        ],
    )


def test_a_chaotic_but_equal_pair_is_not_called_different():
    """What rounding does is measured where float32 tells nothing of it."""
    verdict = chaotic_verdict(3.9)
    assert verdict.outcome == "same mathematics", verdict.reason
    assert verdict.float64_bound > 1e-12


def test_chaos_hides_no_real_difference():
    """Before rounding has grown, another rate is seen."""
    verdict = chaotic_verdict(3.9 * (1 + 1e-9))
    assert verdict.outcome == "different", verdict.reason


def test_a_parameter_that_only_rounding_moves_is_rounding(make_run):
    """A bias with no gradient is measured by what float32 does to it."""

    def run(side, dtype, noise):
        own = make_run(side, dtype)
        bias = np.full_like(own.parameters["bias"], 0.0)
        bias[1:] = noise
        parameters = {**own.parameters, "bias": bias}
        results = {**own.results, "bias": bias[-1]}
        return replace(own, parameters=parameters, results=results)

    verdict = judge(
        run("manual", "float32", 1e-9),
        run("keras", "float32", 3e-9),
        lambda: (
            run("manual", "float64", 1e-18),
            run("keras", "float64", 7e-18),
        ),
    )
    assert verdict.outcome == "same mathematics", verdict.reason
