"""Let code that says float32 train in float64, to tell rounding from mistakes.

A user's function often fixes its dtype: `tf.constant(x, tf.float32)`, or
`tf.Variable(0.7)`, which is float32 by default. In the float64 run of a pair
the word float32 in the user's own modules means float64: their names for
TensorFlow and NumPy lead to stand-ins, and the string constant "float32" of
their functions is exchanged. Libraries are not touched, but for what rounds
Keras's own numbers: `tf.cast(0.9, "float64")` gives float32's 0.8999999762.
"""

from __future__ import annotations

import functools
import inspect
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from compare.pairs.scripts import Script

LIBRARIES = tuple(
    str(Path(sysconfig.get_path(name)).resolve())
    for name in ("stdlib", "purelib", "platlib")
)
OWN = str(Path(__file__).parent.parent.resolve())
EXAMPLES = str(Path(OWN) / "docs" / "examples")
"""These are such as users write."""

MAKERS = ("constant", "convert_to_tensor", "zeros", "ones")
"""Functions of TensorFlow that make float32 of Python's floats."""


@functools.cache
def is_users(file: str | None) -> bool:
    """Whether a source file is neither a library's nor the harness's."""
    if not file or file.startswith("<frozen"):
        return False
    path = str(Path(file).resolve())
    return path.startswith(EXAMPLES) or not path.startswith((*LIBRARIES, OWN))


def train_in_float64(side: Callable[..., Any]) -> None:
    """Make float32 mean float64 in all code of the user that is loaded.

    Args:
        side: the function that will be run; it may come from no module.
    """
    import numpy as np
    import tensorflow as tf

    swaps = {
        id(tf): _TensorFlow(tf),
        id(np): _Module(np, {"float32": np.float64}),
        id(tf.float32): tf.float64,
        id(np.float32): np.float64,
    }
    swaps |= {
        id(getattr(tf, name)): getattr(swaps[id(tf)], name)
        for name in (*MAKERS, "Variable")
    }
    make_constants_exact()

    def swap(namespace: dict[str, Any]) -> None:
        for name, value in list(namespace.items()):
            if name.startswith("__"):
                continue
            if type(value) is np.float32:  # as written, not as rounded
                namespace[name] = np.float64(str(value))
                continue
            namespace[name] = swaps.get(id(value), value)
            for function in _functions(value):
                function.__code__ = _exchange(function.__code__)

    def importing(*args: Any, **kwargs: Any) -> Any:
        module = __import__(*args, **kwargs)
        if is_users(getattr(module, "__file__", None)):
            swap(vars(module))
        return swaps.get(id(module), module)

    if isinstance(side, Script):  # its modules are loaded as it runs
        side.changed, side.importing = _exchange, importing
        return
    for namespace in _namespaces(side):
        swap(namespace)


def make_constants_exact() -> None:
    """Keep TensorFlow from rounding Keras's numbers to float32 first."""
    import tensorflow as tf

    tf.cast = _exact(tf.cast)
    tf.convert_to_tensor = _maker(tf.convert_to_tensor)


class _Module(types.ModuleType):
    """A library in which a few names mean something else."""

    def __init__(self, real: types.ModuleType, other: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(other)
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _TensorFlow(_Module):
    """TensorFlow whose Python floats become float64."""

    def __init__(self, tf: Any) -> None:
        other = {name: _maker(getattr(tf, name)) for name in MAKERS}

        class Variable(type):
            def __call__(cls, *args: Any, **kwargs: Any) -> Any:
                return _maker(tf.Variable)(*args, **kwargs)

            def __instancecheck__(cls, value: Any) -> bool:
                return isinstance(value, tf.Variable)

        other["Variable"] = Variable("Variable", (), {})
        super().__init__(tf, {"float32": tf.float64, **other})


def _maker(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with float64 as its default for floats."""
    shape_first = make.__name__ in ("zeros", "ones")
    dtype_second = make.__name__ != "Variable"

    def made_float64(*args: Any, **kwargs: Any) -> Any:
        said = kwargs.get("dtype") or (args[1:2] if dtype_second else ())
        value = args[0] if args else next(iter(kwargs.values()), None)
        if said == "float32" or (
            not said and (shape_first or _is_plain_float(value))
        ):
            kwargs["dtype"] = "float64"
        return make(*args, **kwargs)

    return made_float64


def _exact(cast: Callable[..., Any]) -> Callable[..., Any]:
    """Return tf.cast, but one that does not round a Python float first."""

    def exact(x: Any, dtype: Any, name: str | None = None) -> Any:
        import tensorflow as tf

        if type(x) is float and tf.as_dtype(dtype) == tf.float64:
            return tf.constant(x, tf.float64, name=name)
        return cast(x, dtype, name)

    return exact


def _is_plain_float(value: Any) -> bool:
    """Whether a value is a Python float, or a list with one inside."""
    if isinstance(value, list | tuple):
        return any(_is_plain_float(item) for item in value)
    return type(value) is float


def _namespaces(side: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Yield the globals of the user's modules and of the function.

    A function that was sent by value has globals of its own, and so have the
    functions that it refers to.
    """
    from compare.running import preload

    seen = set()
    for name, module in list(sys.modules.items()):
        if name in preload.MODULES:
            continue
        if is_users(getattr(module, "__file__", None)):
            seen.add(id(module.__dict__))
            yield module.__dict__
    waiting, met = [side], set()
    while waiting:
        for function in _functions(waiting.pop()):
            if id(function) in met:
                continue
            met.add(id(function))
            function.__code__ = _exchange(function.__code__)
            namespace = function.__globals__
            waiting += [c.cell_contents for c in function.__closure__ or ()]
            waiting += namespace.values()
            if id(namespace) not in seen:
                seen.add(id(namespace))
                yield namespace


def _functions(value: Any) -> Iterator[types.FunctionType]:
    """Yield the user's plain functions in a value, if any."""
    if isinstance(value, type) and is_users(_file_of(value)):
        for item in vars(value).values():
            yield from _functions(item)
    for inner in (value, getattr(value, "python_function", None)):
        if isinstance(inner, types.FunctionType) and is_users(
            inner.__code__.co_filename
        ):
            yield inner


def _file_of(value: Any) -> str | None:
    try:
        return inspect.getfile(value)
    except (TypeError, OSError):
        return None


def _exchange(code: types.CodeType) -> types.CodeType:
    """Write "float64" for the constant "float32", in inner functions too."""
    constants = tuple(
        _exchange(constant)
        if isinstance(constant, types.CodeType)
        else "float64"
        if constant == "float32"
        else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants)
