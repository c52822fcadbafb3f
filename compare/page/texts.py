"""Names and short texts of the page, marked for translation."""

from __future__ import annotations

from compare.page.language import marked

SIDE_NAMES = {"manual": marked("by hand"), "keras": marked("Keras")}

MEASURE_NAMES = {
    "statements": marked("statements"),
    "tokens": marked("words and signs"),
    "nodes": marked("nodes of the syntax tree"),
    "gzip_bytes": marked("bytes after gzip"),
    "names": marked("distinct functions and classes called"),
    "branches": marked("branches, loops and conditions"),
    "cognitive_complexity": marked("cognitive complexity"),
    "lines": marked("lines of code, as formatted"),
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
}
"""What the scripts show; {names} are filled in there."""
