"""Records <-> JSON.

`to_json` and `from_json` are inverses, up to array dtypes: integers come back
as int64 and floats as float64, with the same values.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from typing import Any, Literal, TypeVar

import numpy as np

from compare.records import SCHEMA_VERSION, UsageError


def to_json(value: Any) -> Any:
    """Turn a record into what `json.dumps(..., allow_nan=False)` takes.

    Numbers that JSON has no form for become "nan", "inf" and "-inf".
    """
    if dataclasses.is_dataclass(value):
        return {
            item.name: to_json(getattr(value, item.name))
            for item in dataclasses.fields(value)
        }
    if isinstance(value, np.ndarray | np.generic):
        return to_json(value.tolist())
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


Record = TypeVar("Record")


def from_json(kind: type[Record], value: Any) -> Record:
    """Rebuild a record of type `kind` from `to_json`'s result.

    Raises:
        UsageError: `value` is not such a record.
    """
    try:
        return typing.cast(Record, _decode(kind, value))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"this is not the JSON of a {kind.__name__} of schema version "
            f"{SCHEMA_VERSION} ({type(error).__name__}: {error})"
        ) from error


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (kind,) = (item for item in arguments if item is not type(None))
        return _decode(kind, value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return typing.cast(type, kind)(
            **{key: _decode(hints[key], item) for key, item in value.items()}
        )
    if origin is dict:
        return {key: _decode(arguments[1], v) for key, v in value.items()}
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_decode(arguments[0], item) for item in value)
        pairs = zip(arguments, value, strict=True)
        return tuple(_decode(item_kind, item) for item_kind, item in pairs)
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"{value!r} is none of {arguments}")
        return value
    if kind is np.ndarray:
        numbers = np.array(value)
        return numbers.astype(float) if numbers.dtype.kind in "UO" else numbers
    return float(value) if kind is float else value
