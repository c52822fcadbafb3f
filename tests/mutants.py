"""Changes to what JSON holds, one after another, from given choices."""

from __future__ import annotations

import copy

VALUES = (
    None, True, False, 0, 1, -1, 3, 2**31, 2**63, 10**400, 0.5, -0.5, 1e-320,
    1e300, -1e300, float("nan"), "nan", "inf", "-inf", "", "x", "{0}",
    "{x.__class__}", "%(x)s", "../x", "/tmp/x", "a\nb", "\x1b[31m", "\ud800",
    "\0", "가", "x" * 5000, "<script>", [], [[]], [1], [1, [2]], [None],
    ["x"], [0.5, "nan"], [[1, 2], [3, 4]], [0] * 40, {}, {"x": 1},
    {"kernel": [1]}, {"manual": {}}, {"__class__": "x"},
)  # fmt: skip
"""What may stand in a place: other types, wild numbers, hostile texts."""

DEEP = 60
"""Lists in lists: more axes than an array may have are 64."""


def mutated(content, choose):
    """Change one place of what JSON holds; what is given stays as it is.

    Args:
        content: a dict or list that is not empty.
        choose: (n) -> a number from 0 to n - 1.
    """
    found = copy.copy(content)
    places = list(found) if isinstance(found, dict) else range(len(found))
    place = places[choose(len(places))]
    inside = found[place]
    if isinstance(inside, dict | list) and inside and choose(6):
        found[place] = mutated(inside, choose)
    else:
        _change(found, place, choose)
    return found


def _change(holder, place, choose):
    """Put something else in a place, or take it away."""
    kind, old = choose(10), holder[place]
    alike = [v for v in VALUES if type(v) is type(old)]
    if kind == 0:
        del holder[place]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(place, old)
    elif kind == 2 and isinstance(holder, dict):
        holder[f"{VALUES[choose(len(VALUES))]}"] = holder.pop(place)
    elif kind == 3 and isinstance(old, int | float | list):
        holder[place] = old * 2
    elif kind == 4 and isinstance(old, list):
        holder[place] = old[: choose(len(old) + 1)]
    elif kind == 5:
        for _ in range(DEEP):
            holder[place] = [holder[place]]
    elif kind > 5 and alike:
        holder[place] = alike[choose(len(alike))]
    else:
        holder[place] = VALUES[choose(len(VALUES))]
