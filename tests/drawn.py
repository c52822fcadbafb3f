"""What was really drawn: every text of a figure, and whether it is legible."""

from __future__ import annotations

import itertools
from unittest.mock import patch

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

SLACK = 0.5
"""Pixels by which boxes may touch: they hold more than the ink."""

PAGE = 6.7
"""Inches of room on a page of A4."""


def texts(figure):
    """Draw a figure; return each text that appears, and its box."""
    found = {}
    original = Text.draw

    def draw(self, renderer):
        if self.get_visible() and self.get_text().strip():
            box = Text.get_window_extent(self, renderer)
            found[id(self)] = (self, box)
        return original(self, renderer)

    canvas = FigureCanvasAgg(figure)
    with patch.object(Text, "draw", draw):
        canvas.draw()
    return list(found.values())


def assert_legible(figure):
    """No text meets another, leaves the canvas, or is printed too small."""
    drawn = texts(figure)
    assert drawn
    printed = PAGE / figure.get_figwidth()
    for text, box in drawn:
        what = text.get_text()
        assert box.x0 >= -SLACK and box.y0 >= -SLACK, what
        assert box.x1 <= figure.bbox.x1 + SLACK, what
        assert box.y1 <= figure.bbox.y1 + SLACK, what
        assert text.get_fontsize() * printed >= 8, what
    for (one, a), (other, b) in itertools.combinations(drawn, 2):
        apart = (
            a.x1 <= b.x0 + SLACK
            or b.x1 <= a.x0 + SLACK
            or a.y1 <= b.y0 + SLACK
            or b.y1 <= a.y0 + SLACK
        )
        assert apart, (one.get_text(), other.get_text())
