"""Users' text, made fit to show."""


def printable(text: str) -> str:
    """Escape control characters, so that no user's text moves the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
