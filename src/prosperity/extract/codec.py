"""Dataclasses of this stage to JSON and back: for the cache, and between the sandbox's child and its client.

Not pickle: neither a cache file nor a child that has parsed a hostile document may make us run code.
Decimals are
strings, dates ISO; values that equal the default are left out. Reading checks every type.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import types
import typing
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


def encode(value: Any) -> bytes:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def decode(kind: type[T], data: bytes) -> T:
    """The value of this dataclass type; raises ValueError if the data are anything else."""
    try:
        value: T = _reader(typing.cast(typing.Hashable, kind))(
            json.loads(data.decode("utf-8", "surrogatepass"))
        )
    except (ValueError, KeyError, TypeError, InvalidOperation, RecursionError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return value


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            name: _plain(getattr(value, name))
            for name, default in _fields(type(value))
            if default is dataclasses.MISSING or getattr(value, name) != default
        }
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


@lru_cache(maxsize=64)
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Callable[[Any], Any]:
    """A function that turns a JSON value into this type; made once per type, since documents hold many
    cells."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [argument for argument in arguments if argument is not type(None)]
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is typing.Literal:
        return lambda value: _checked(value, value in arguments, kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(typing.cast(type, kind))
    if kind is Decimal:
        return lambda value: Decimal(_checked(value, isinstance(value, str), kind))
    if kind is dt.date:
        return lambda value: dt.date.fromisoformat(_checked(value, isinstance(value, str), kind))
    if kind is float:
        return lambda value: float(_checked(value, type(value) in (int, float), kind))
    return lambda value: _checked(value, type(value) is kind, kind)


def _checked(value: Any, fits: bool, kind: Any) -> Any:
    if not fits:
        raise ValueError(f"{value!r:.60} is not {kind}")
    return value


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        read = _reader(arguments[0])
        return lambda value: tuple([read(item) for item in _checked(value, isinstance(value, list), tuple)])
    readers = [_reader(argument) for argument in arguments]

    def fixed(value: Any) -> Any:
        _checked(value, isinstance(value, list) and len(value) == len(readers), tuple)
        return tuple([read(item) for read, item in zip(readers, value, strict=True)])

    return fixed


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(value: Any) -> Any:
        _checked(value, isinstance(value, dict), kind)
        return kind(**{name: readers[name](item) for name, item in value.items()})

    return read
