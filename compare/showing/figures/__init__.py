"""Charts, drawn with matplotlib under settings of our own."""

from __future__ import annotations

from compare.showing.figures import settings
from compare.showing.figures.written import CHARTS, charts_of, write_figures

__all__ = ["CHARTS", "charts_of", "settings", "write_figures"]
