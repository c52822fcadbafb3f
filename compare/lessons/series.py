"""The lesson on a series of numbers: an LSTM on the sunspots of each year.

The series has 1700 to 2008, from the National Geophysical Data Center, in the
public domain, as in the package statsmodels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compare.lessons.linear import glorot, mixed
from compare.lessons.own_data import own_problem
from compare.lessons.pictures import one_chart, over
from compare.lessons.planes import ADAM
from compare.records.note import marked
from compare.records.picture import Picture
from compare.records.problem import Parameters, Problem, Settings
from compare.records.runs import Trajectory

FILE = Path(__file__).parent / "data" / "sunspots.csv"

FIRST_YEAR = 1700

WINDOW = 5
"""Years that are seen at once, about half a cycle of the sun.

With more, graphs round the two sides differently: TensorFlow's optimiser of
graphs adds up the gradients of the years in the order of their names as text
(10 before 2), and Keras names them in its own way.
"""

UNITS = 8
HORIZON = 22
"""Years of the forecast: about two cycles."""


def recurrent(settings: Settings) -> Problem:
    """Tell next year's sunspots from those of five."""
    series = standardised(sunspots())
    places = np.arange(len(series) - WINDOW)[:, None] + np.arange(WINDOW)
    x, y = mixed(series[places][..., None], series[WINDOW:, None])
    return own_problem(
        settings,
        "recurrent",
        "A network with memory: an LSTM forecasts the sunspots",
        "Sunspots of each year, 1700 to 2008",
        x,
        y,
        _first_parameters(),
        next_value_error,
        epochs=12,
        batch_size=50,
        learning_rate=0.03,
        hyper={
            **ADAM,
            "last_window": series[-WINDOW:, None],
            "horizon": HORIZON,
        },
        compared=("forecast",),
        picture=series_and_forecast,
    )


def series_and_forecast(problem: Problem, run: Trajectory) -> Picture:
    """Show the last years of the series, and what comes after them."""
    spots = sunspots()
    years = FIRST_YEAR + np.arange(len(spots))
    ahead = years[-1] + 1 + np.arange(len(run.results["forecast"]))
    forecast = run.results["forecast"] * spots.std() + spots.mean()
    return one_chart(
        marked("Sunspots of the last hundred years, and the forecast"),
        marked("year"),
        marked("sunspots"),
        over(years[-100:], spots[-100:], marked("counted")),
        over(ahead, forecast, marked("forecast")),
    )


def sunspots() -> np.ndarray:
    """Return the sunspots of each year, float64 of shape (309,)."""
    return np.loadtxt(FILE, delimiter=",", skiprows=1)[:, 1]


def standardised(series: np.ndarray) -> np.ndarray:
    """Shift and scale a series to mean 0 and standard deviation 1."""
    return np.asarray((series - series.mean()) / series.std())


def next_value_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean squared error of what the LSTM predicts, in float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean((y - lstm_predictions(parameters, x)) ** 2))


def lstm_predictions(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return the value that comes after each window.

    Args:
        parameters: as the lesson has them.
        x: shape (rows, years, 1).

    Returns:
        float64 of shape (rows, 1).
    """
    weights = {name: v.astype(float) for name, v in parameters.items()}
    hidden = cell = np.zeros((len(x), len(weights["recurrent_kernel"])))
    for value in x.astype(float).swapaxes(0, 1):
        gates = value @ weights["kernel"] + weights["bias"]
        gates = gates + hidden @ weights["recurrent_kernel"]
        i, f, c, o = np.split(gates, 4, axis=1)
        cell = _sigmoid(f) * cell + _sigmoid(i) * np.tanh(c)
        hidden = _sigmoid(o) * np.tanh(cell)
    return np.asarray(
        hidden @ weights["output_kernel"] + weights["output_bias"]
    )


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def _first_parameters() -> dict[str, np.ndarray]:
    """Draw Glorot-uniform kernels; the cell begins by forgetting little."""
    generator = np.random.default_rng(0)
    bias = np.zeros(4 * UNITS)
    bias[UNITS : 2 * UNITS] = 1  # of the forget gate
    return {
        "kernel": glorot(generator, 1, 4 * UNITS),
        "recurrent_kernel": glorot(generator, UNITS, 4 * UNITS),
        "bias": bias,
        "output_kernel": glorot(generator, UNITS, 1),
        "output_bias": np.zeros(1),
    }
