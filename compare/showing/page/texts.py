"""Names and short texts of the page, marked for translation."""

from __future__ import annotations

from compare.showing.page.language import marked

OUTCOMES = {
    "identical": marked("Identical"),
    "same mathematics": marked("Same mathematics"),
    "different": marked("Different"),
    "could not run": marked("Could not run"),
}

ANSWERS = {
    "faster": marked("Keras is faster."),
    "slower": marked("Keras is slower."),
    "no clear difference": marked("There is no clear difference."),
}

RATES = {
    "far too small": marked(
        "Far too small: after {updates} updates more than half of the loss "
        "that can be avoided is left."
    ),
    "slow": marked(
        "Slow: after {updates} updates more than one percent of the loss that "
        "can be avoided is left."
    ),
    "converges": marked(
        "Converges: after {updates} updates less than one percent of the loss "
        "that can be avoided is left."
    ),
    "zigzags": marked(
        "Zigzags: each update jumps over the valley's floor to the other "
        "side; the nearer to the limit, the less it gains."
    ),
    "overshoots": marked(
        "Overshoots: each update lands higher on the other side than it "
        "started; the loss grows without end."
    ),
}

ROUNDING = marked(
    "In float64 the difference shrinks to {size}, so it is rounding."
)
NO_ROUNDING = marked(
    "In float64 the difference is still {size}, so it is not rounding."
)
ALL_SAME = marked("At every rate both sides have the same bits.")
SOME_SAME = marked(
    "At {same} of {count} rates both sides have the same bits after every "
    "update. At the others sums are rounded in another order: where training "
    "converges they are at most {ulps} ULP apart; where it overshoots, that "
    "grows too."
)
NOT_SETTLED = marked("They were not trained until they settle:")
SETTLES = marked(
    "On all rows at once, after {updates} updates, both sides end within "
    "{single} of the normal equations in float32 and {double} in float64, "
    "which is rounding."
)
SETTLES_NOT = marked(
    "On all rows at once, after {updates} updates, both sides end within "
    "{single} of the normal equations in float32 and {double} in float64, "
    "which is more than rounding."
)

KINDS = {
    "far too small": marked("far too small"),
    "slow": marked("slow"),
    "converges": marked("converges"),
    "zigzags": marked("zigzags"),
    "overshoots": marked("overshoots"),
}

SIDE_NAMES = {"manual": marked("by hand"), "keras": marked("Keras")}

MEASURE_NAMES = {
    "statements": marked("statements"),
    "tokens": marked("words and signs"),
    "nodes": marked("nodes of the syntax tree"),
    "gzip_bytes": marked("bytes after gzip"),
    "names": marked("distinct functions and classes called"),
    "branches": marked("branches, loops and conditions"),
    "cognitive_complexity": marked("cognitive complexity"),
}

SECTION_NAMES = {
    "": marked("Imports and signature"),
    "Data": marked("Data"),
    "Model": marked("Model"),
    "Loss and update": marked("Loss and update"),
    "Training": marked("Training"),
    "Validation": marked("Validation"),
    "Checkpoint": marked("Checkpoint"),
    "Workers": marked("Workers"),
}

ROLES = {
    "data x": marked("data x"),
    "data y": marked("data y"),
    "prediction": marked("prediction"),
    "loss": marked("loss"),
}

RANKS = (
    marked("scalar"),
    marked("vector"),
    marked("matrix"),
    marked("cube"),
)

SCRIPT_TEXTS = {
    "play": marked("Play"),
    "pause": marked("Pause"),
    "next": marked("Next step"),
    "copied": marked("Copied"),
    "marked": marked("Selected: copy with Ctrl+C"),
    "update": marked("update"),
    "at": marked("Update {update} of {last}"),
    "loss": marked("loss"),
    "same": marked("0 ULP: the same bits"),
    "apart": marked("{ulps} ULP apart"),
    "kernel": marked("kernel w"),
    "bias": marked("bias b"),
    "true": marked("true value"),
    "predicted": marked("predicted"),
    "class": marked("true class"),
    "probability": marked("probability of the true class"),
    "value": marked("value of the parameter"),
    "rate": marked("learning rate"),
    "end": marked("loss after {updates} updates"),
    "limit": marked("tips over at {limit}"),
    "chosen": marked("Learning rate {rate}, loss {first} → {last}"),
    "infinite": marked("infinite"),
    "cost": marked("time per update"),
}
"""What the scripts show; {names} are filled in there."""
