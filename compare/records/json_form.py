"""Records <-> JSON.

`to_json` and `from_json` are inverses, up to array dtypes: integers come back
as int64 and floats as float64, with the same values.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
import reprlib
import sys
import types
import typing
from typing import Any, Literal, TypeVar

import numpy as np

from compare.records import SCHEMA_VERSION, UsageError

SHORT = reprlib.Repr()
"""Shows any value within part of a line."""

SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 60
SHORT.maxlevel = 2
SHORT.maxlist = SHORT.maxdict = 4

NOT_FINITE = ("nan", "inf", "-inf")

WANTED = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
"""The types of JSON, for people."""


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

    Every field is held against its declared type.

    Raises:
        UsageError: `value` is not such a record; says which field is not.
    """
    try:
        return typing.cast(Record, _decode(kind, value, ""))
    except _UnfitError as error:
        raise UsageError(
            f"this is not the JSON of a {kind.__name__} of schema version "
            f"{SCHEMA_VERSION}: {error}"
        ) from None


def check_version(value: Any) -> None:
    """Refuse a record of another schema version before its fields.

    Raises:
        UsageError: says both versions.
    """
    if not isinstance(value, dict):
        return
    version = value.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"it has schema version {SHORT.repr(version)}, this program reads "
            f"version {SCHEMA_VERSION}"
        )


class _UnfitError(Exception):
    """A value is not of the type that is declared for it."""


def _require(fits: bool, path: str, value: Any, wanted: str) -> None:
    if not fits:
        path = path.removeprefix(".") or "it"
        raise _UnfitError(f"{path} is {SHORT.repr(value)}, not {wanted}")


def _require_type(kind: type, path: str, value: Any) -> None:
    """Refuse other types of JSON; True, a bool, is not the int 1."""
    _require(type(value) is kind, path, value, WANTED[kind])


def _decode(kind: Any, value: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):  # a type or None
        return None if value is None else _decode(arguments[0], value, path)
    if dataclasses.is_dataclass(kind):
        return _decode_record(typing.cast(type, kind), value, path)
    if origin is tuple:
        return _decode_tuple(arguments, value, path)
    if origin is dict:
        _require_type(dict, path, value)
        keys, items = arguments
        return {
            _decode(keys, key, f"{path}: a name"): _decode(
                items, item, f"{path}[{SHORT.repr(key)}]"
            )
            for key, item in value.items()
        }
    if origin is Literal:
        wanted = f"one of {', '.join(map(repr, arguments))}"
        _require(value in arguments, path, value, wanted)
        return value
    return value if kind is Any else _decode_leaf(kind, value, path)


def _decode_record(kind: type, value: Any, path: str) -> Any:
    wanted = f"a {kind.__name__}"
    _require(type(value) is dict, path, value, wanted)
    hints, needed = _fields(kind)
    for key in value:
        has = f"{wanted}: it has {SHORT.repr(key)}"
        _require(key in hints, path, value, has)
    for key in needed:
        _require(key in value, path, value, f"{wanted}: it lacks {key!r}")
    return kind(
        **{
            key: _decode(hints[key], item, f"{path}.{key}")
            for key, item in value.items()
        }
    )


@functools.cache
def _fields(kind: type) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields' types by name, and the names of those needed."""
    needed = tuple(
        item.name
        for item in dataclasses.fields(kind)
        if item.default is dataclasses.MISSING
        and item.default_factory is dataclasses.MISSING
    )
    return typing.get_type_hints(kind), needed


def _decode_tuple(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    _require_type(list, path, value)
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    _require(len(value) == len(kinds), path, value, f"a list of {len(kinds)}")
    return tuple(
        _decode(kind, item, f"{path}[{number}]")
        for number, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _decode_leaf(kind: Any, value: Any, path: str) -> Any:
    """Return a number, a text, a truth or an array."""
    if kind is np.ndarray:
        return _decode_array(value, path)
    if kind is float:
        if value in NOT_FINITE:
            return float(value)
        _require(type(value) in (int, float), path, value, "a number")
        within = abs(value) <= sys.float_info.max
        _require(within, path, value, "a number within float64")
        return float(value)
    _require_type(kind, path, value)
    if kind is int:
        _require(abs(value) < 2**63, path, value, "a whole number of 64 bits")
    if kind is str:  # half of a pair: no file can hold it
        halved = re.search("[\ud800-\udfff]", value)
        _require(not halved, path, value, "text in Unicode")
    return value


def _decode_array(value: Any, path: str) -> np.ndarray:
    try:
        numbers = np.array(value)
        if numbers.dtype.kind == "U":  # some are not finite
            numbers = numbers.astype(float)
    except (ValueError, OverflowError, RecursionError, MemoryError):
        numbers = np.array(None)
    wanted = "numbers in lists of equal length"
    _require(numbers.dtype.kind in "bif", path, value, wanted)
    return numbers
