"""Users' and TensorFlow's text, made fit to show."""

import re

NODES = re.compile(
    r"Graph execution error:.*?<stack traces unavailable>"
    r"|Error in user-defined function passed to \S+ transformation"
    r" with iterator: \S+ "
    r"|\{\{.*?\}\}|\[\[.*?\]\]|\[Op:.*",
    re.DOTALL,
)
"""What TensorFlow's messages say about its own nodes and operations."""


def printable(text: str) -> str:
    """Escape control characters, so that no user's text moves the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def without_nodes(text: str) -> str:
    """Take out what an error of TensorFlow says about its own graph."""
    return NODES.sub("", text)
