"""Records <-> JSON.

`to_json` and `from_json` are inverses, up to array dtypes: integers come back
as int64 and floats as float64, with the same values.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import reprlib
import types
import typing
from collections.abc import Callable
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
    """A value is not of the type that is declared for its place."""

    def __init__(self, path: str, value: Any, wanted: str) -> None:
        super().__init__(
            f"{_place(path)} is {SHORT.repr(value)}, not {wanted}"
        )


def _place(path: str) -> str:
    return path.removeprefix(".") or "it"


def _decode(kind: Any, value: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (kind,) = (item for item in arguments if item is not type(None))
        return _decode(kind, value, path)
    if dataclasses.is_dataclass(kind):
        return _decode_record(typing.cast(type, kind), value, path)
    if origin is dict:
        return _decode_dict(arguments, value, path)
    if origin is tuple:
        return _decode_tuple(arguments, value, path)
    if origin is Literal:
        # `in` alone would take True for 1.
        if not isinstance(value, str) or value not in arguments:
            wanted = f"one of {', '.join(map(repr, arguments))}"
            raise _UnfitError(path, value, wanted)
        return value
    return value if kind is Any else _LEAVES[kind](value, path)


def _decode_record(kind: type, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _UnfitError(path, value, f"a {kind.__name__}")
    hints, needed = _fields(kind)
    for key in value:
        if key not in hints:
            raise _UnfitError(
                path, value, f"a {kind.__name__}: it has {SHORT.repr(key)}"
            )
    for key in needed:
        if key not in value:
            raise _UnfitError(
                path, value, f"a {kind.__name__}: it lacks {key!r}"
            )
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


def _decode_dict(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _UnfitError(path, value, "an object")
    return {
        _decode(kinds[0], key, f"{path}: a name"): _decode(
            kinds[1], item, f"{path}[{SHORT.repr(key)}]"
        )
        for key, item in value.items()
    }


def _decode_tuple(kinds: tuple[Any, ...], value: Any, path: str) -> Any:
    if not isinstance(value, list):
        raise _UnfitError(path, value, "a list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        raise _UnfitError(path, value, f"a list of {len(kinds)}")
    return tuple(
        _decode(kind, item, f"{path}[{place}]")
        for place, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _UnfitError(path, value, "a text")
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair: no file can hold it
        raise _UnfitError(path, ascii(value), "text in Unicode") from None
    return value


def _whole(value: Any, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _UnfitError(path, value, "a whole number")
    if abs(value) >= 2**63:
        raise _UnfitError(path, value, "a whole number of 64 bits")
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not (
        isinstance(value, int | float) or value in NOT_FINITE
    ):
        raise _UnfitError(path, value, "a number")
    try:
        return float(value)
    except OverflowError:
        raise _UnfitError(path, value, "a number within float64") from None


def _truth(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _UnfitError(path, value, "true or false")
    return value


def _array(value: Any, path: str) -> np.ndarray:
    wanted = "numbers in lists of equal length"
    try:
        numbers = np.array(value)
        if numbers.dtype.kind == "U":  # some are not finite
            numbers = numbers.astype(float)
    except (ValueError, OverflowError, RecursionError, MemoryError):
        raise _UnfitError(path, value, wanted) from None
    if numbers.dtype.kind not in "bif":
        raise _UnfitError(path, value, wanted)
    return numbers


NOT_FINITE = ("nan", "inf", "-inf")

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 60
SHORT.maxlevel = 2
SHORT.maxlist = SHORT.maxdict = 4

_LEAVES: dict[Any, Callable[[Any, str], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    np.ndarray: _array,
}
