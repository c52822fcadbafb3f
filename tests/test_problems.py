"""Problems: what may be set, and what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from compare.lessons.penguins import penguins
from compare.lessons.problems import LESSONS, problem_of
from compare.records import UsageError
from compare.records.problem import Settings


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_problem_is_float32_and_travels(lesson):
    """A problem survives the way into another process."""
    problem = problem_of(lesson, Settings())
    assert problem.lesson == lesson
    # Characters are numbers that are looked up.
    assert problem.x.dtype == (np.int32 if lesson == "gpt" else np.float32)
    back = pickle.loads(pickle.dumps(problem))
    np.testing.assert_array_equal(back.x, problem.x)
    assert back.learning_rate == problem.learning_rate
    assert {v.dtype for v in problem.initial.values()} == {np.dtype("float32")}
    wide = problem.astype("float64")
    assert {v.dtype for v in wide.initial.values()} == {np.dtype("float64")}


def test_the_classic_problem_is_the_known_one():
    """X = 1..5, y = 2..6, w = b = 0.7, rate 0.01, 1,100 updates."""
    problem = problem_of("linear_regression", Settings())
    assert problem.x.tolist() == [1, 2, 3, 4, 5]
    assert problem.y.tolist() == [2, 3, 4, 5, 6]
    assert {float(v) for v in problem.initial.values()} == {np.float32(0.7)}
    assert (problem.learning_rate, problem.steps) == (0.01, 1100)


def test_settings_change_a_problem():
    """Steps are rounded up to whole epochs, and the note says so."""
    settings = Settings(steps=100, learning_rate=0.1, batch_size=50)
    problem = problem_of("minibatch", settings)
    assert (problem.steps, problem.steps_per_epoch) == (105, 7)
    assert problem.learning_rate == 0.1
    assert any(
        "rounded 100 updates up to 105" in str(n) for n in problem.notes
    )


def test_a_batch_is_at_most_all_rows():
    """A batch size beyond the rows is full-batch training."""
    problem = problem_of("minibatch", Settings(batch_size=10_000))
    assert problem.batch_size == 342
    assert problem.steps_per_epoch == 1


def test_first_rows_take_further_targets_along():
    """What is as long as the rows is cut with them, other arrays are not."""
    problem = problem_of("two_heads", Settings()).first_rows(10)
    assert len(problem.x) == len(problem.y) == len(problem.mass) == 10
    held_out = problem_of("convolution", Settings())
    assert len(held_out.first_rows(10).x_test) == len(held_out.x_test)


OWN_DATA = (
    "classification",
    "weighted",
    "two_heads",
    "convolution",
    "fine_tuning",
    "recurrent",
    "gpt",
    "gan",
)


@pytest.mark.parametrize("lesson", OWN_DATA)
def test_a_lesson_with_data_of_its_own_takes_no_table(lesson):
    """A user's table is refused in a sentence, not left aside."""
    with pytest.raises(UsageError, match=f"{lesson} has data of its own"):
        problem_of(lesson, Settings(table=penguins()))


@pytest.mark.parametrize("lesson", ["recurrent", "gpt"])
def test_settings_reach_a_lesson_with_data_of_its_own(lesson):
    """Updates, rows per update and the rate are what the user set."""
    problem = problem_of(lesson, Settings(None, 10, 0.5, 100))
    assert problem.learning_rate == 0.5
    assert problem.batch_size == 100
    assert problem.steps == problem.epochs * problem.steps_per_epoch >= 10
    assert len(problem.notes) == (problem.steps != 10)


def test_the_targets_of_gpt_are_the_next_characters():
    """Each target is the character that stands behind in the row."""
    problem = problem_of("gpt", Settings())
    np.testing.assert_array_equal(problem.x[:, 1:], problem.y[:, :-1])


def test_unknown_hyper_parameters_are_attribute_errors():
    """A misspelt hyper-parameter is named."""
    problem = problem_of("minibatch", Settings())
    with pytest.raises(AttributeError, match="lerning_rate"):
        _ = problem.lerning_rate


def test_what_does_not_suit_a_lesson_is_refused():
    """Unknown lessons, and settings that a lesson cannot follow."""
    with pytest.raises(UsageError, match=r"no lesson 'adamant'.*minibatch"):
        problem_of("adamant", Settings())
    with pytest.raises(UsageError, match="one feature"):
        problem_of("linear_regression", Settings(table=penguins()))
    with pytest.raises(UsageError, match="all rows at once"):
        problem_of("linear_regression", Settings(batch_size=2))
    with pytest.raises(UsageError, match="3 batches make no update of 4"):
        problem_of("gradient_accumulation", Settings(steps=3, batch_size=1000))
