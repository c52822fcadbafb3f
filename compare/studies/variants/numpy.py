"""Linear regression in NumPy: what the variants are checked by."""

import numpy as np


def formula(problem):
    """Follow the gradient of the mean squared error as a book gives it."""
    x, y = problem.x, problem.y
    kernel, bias = np.array(problem.kernel), np.array(problem.bias)
    rows = x.dtype.type(len(x))
    rate = x.dtype.type(problem.learning_rate)

    def run(updates):
        for _ in range(updates):
            slope = 2 * (x @ kernel + bias - y) / rows
            kernel[:] -= rate * (x.T @ slope)
            bias[:] -= rate * slope.sum(axis=0)

    return {"kernel": kernel, "bias": bias}, run
