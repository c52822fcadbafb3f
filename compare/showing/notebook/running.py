"""What comes after both sides have run: compare every bit, draw."""

from __future__ import annotations

from compare.records.problem import Problem

compare = """\
def compare_bits(left, right):
    \"\"\"Say from which update on two runs differ, if they do.\"\"\"
    updates = [len(next(iter(path.values()))) - 1 for path in (left, right)]
    if updates[0] != updates[1]:
        return f"different: {updates[0]} and {updates[1]} updates"
    unequal = np.zeros(updates[0] + 1, dtype=bool)
    for name in left:
        bits = [path[name].view("uint32") for path in (left, right)]
        differs = (bits[0] != bits[1]).reshape(len(unequal), -1)
        unequal |= differs.any(axis=1)
    if unequal.any():
        return f"different from update {unequal.argmax()} on"
    return f"identical: the same bits after each of {updates[0]:,} updates"


print(compare_bits(manual, keras_path))
"""

LINEAR = """\
def predict(parameters, x):
    kernel = parameters["kernel"].reshape(-1, 1)
    return x.reshape(len(x), -1) @ kernel + parameters["bias"]


def loss(parameters):
    errors = problem.y.reshape(-1, 1) - predict(parameters, problem.x)
    return np.mean(errors.astype(float) ** 2)
"""

RIDGE = LINEAR.replace(
    "** 2)\n",
    '** 2) + problem.l2 * np.sum(\n        parameters["kernel"] ** 2\n    )\n',
)

HIDDEN_LAYER = """\
def predict(parameters, x):
    hidden = x @ parameters["hidden_kernel"] + parameters["hidden_bias"]
    hidden = np.maximum(hidden, 0)
    return hidden @ parameters["output_kernel"] + parameters["output_bias"]


def loss(parameters):
    errors = problem.y - predict(parameters, problem.x)
    return np.mean(errors.astype(float) ** 2)
"""

NORMALIZED_LAYER = HIDDEN_LAYER.replace(
    """\
    hidden = x @ parameters["hidden_kernel"] + parameters["hidden_bias"]
    hidden = np.maximum(hidden, 0)
""",
    """\
    hidden = x @ parameters["hidden_kernel"]
    # All rows as one batch; in prediction the moving statistics stand here.
    deviation = np.sqrt(hidden.var(axis=0) + problem.epsilon)
    hidden = (hidden - hidden.mean(axis=0)) / deviation
    hidden = np.maximum(hidden * parameters["gamma"] + parameters["beta"], 0)
""",
)

SOFTMAX = """\
def predict(parameters, x):
    logits = x @ parameters["kernel"] + parameters["bias"]
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def loss(parameters):
    shares = predict(parameters, problem.x)
    return -np.mean(np.log(shares[np.arange(len(y)), problem.y]))
"""

CURVES = """\
def row(path, update):
    \"\"\"Return the parameters after one update.\"\"\"
    return {name: values[update] for name, values in path.items()}


def losses(path):
    count = len(next(iter(path.values())))
    return [loss(row(path, update)) for update in range(count)]


def draw_sides(axes, left, right):
    \"\"\"Draw a wide pale line, and a thin dashed one over it.\"\"\"
    axes.plot(*left, color="#9ecae1", linewidth=6, label="by hand")
    axes.plot(*right, color="#8c4a00", linestyle="--", label="Keras")


figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
curve, curve_keras = losses(manual), losses(keras_path)
draw_sides(left, (range(len(curve)), curve), (range(len(curve)), curve_keras))
left.set(xlabel="update", ylabel="loss on all rows", yscale="log")
left.legend()
"""

FIT_LINE = """\
ends = np.array([x.min(), x.max()])
right.scatter(x, y, color="black", zorder=3, label="data")
sides = [predict(row(path, -1), ends).ravel() for path in (manual, keras_path)]
draw_sides(right, (ends, sides[0]), (ends, sides[1]))
right.set(xlabel="x", ylabel="y")
plt.show()
"""

FIT_ROWS = """\
sides = [predict(row(path, -1), problem.x) for path in (manual, keras_path)]
right.scatter(problem.y, sides[0], s=40, color="#9ecae1", label="by hand")
right.scatter(problem.y, sides[1], s=4, color="#8c4a00", label="Keras")
right.axline((0, 0), slope=1, color="black", linewidth=0.8)
right.set(xlabel="mass, standardised", ylabel="predicted")
plt.show()
"""

FIT_CLASSES = """\
found = predict(row(manual, -1), problem.x).argmax(axis=1)
for number, marker in enumerate("os^"):
    of_class = problem.y == number
    right.scatter(
        *problem.x[of_class][:, [0, 2]].T,
        s=18, marker=marker, label=species[number],
    )
wrong = found != problem.y
right.scatter(
    *problem.x[wrong][:, [0, 2]].T,
    s=90, facecolor="none", edgecolor="black", label="taken for another",
)
right.set(xlabel="bill length, standardised", ylabel="flipper length")
right.legend()
plt.show()
"""


def loss_and_plots(problem: Problem) -> list[str]:
    """Return the cells that draw the loss of both sides, and the fit."""
    if problem.y.dtype.kind == "i":
        formula, fit = SOFTMAX, FIT_CLASSES
    elif "hidden_kernel" in problem.initial:
        formula, fit = HIDDEN_LAYER, FIT_ROWS
        if "gamma" in problem.initial:
            formula = NORMALIZED_LAYER
    else:
        formula = RIDGE if "l2" in problem.hyper else LINEAR
        fit = FIT_LINE if problem.x.ndim == 1 else FIT_ROWS
    return [formula, CURVES + fit]
