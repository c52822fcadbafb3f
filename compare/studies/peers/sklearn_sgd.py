"""Fit a line with scikit-learn's SGDRegressor, as near as it comes.

It updates after every row, never after all of them, and halves the squared
error. With this learning rate one pass over the rows is one update of the
others to first order only: another training.
"""

from sklearn.linear_model import SGDRegressor


def train(problem, mode="eager", on_step=None):
    """Run stochastic gradient descent, row by row; return w and b by name."""
    # --- Data
    x = problem.x.reshape(-1, 1)
    y = problem.y

    # --- Model
    model = SGDRegressor(
        loss="squared_error",
        penalty=None,
        learning_rate="constant",
        eta0=problem.learning_rate * 2 / len(x),
        shuffle=False,
        max_iter=1,
        tol=None,
    )

    # --- Training
    for epoch in range(1, problem.steps + 1):
        if epoch == 1:
            model.fit(
                x,
                y,
                coef_init=problem.initial["kernel"].reshape(1),
                intercept_init=problem.initial["bias"].reshape(1),
            )
        else:
            model.partial_fit(x, y)
        bias = model.intercept_.astype(x.dtype)  # it is float64 always
        parameters = {"kernel": model.coef_, "bias": bias}
        if on_step:
            on_step(epoch, parameters)
    return parameters
