"""pdfium's functions called directly, for what is asked of every character and path of a page.

pypdfium2's wrappers check and convert every argument and let go of the interpreter's lock; for a page of characters that
costs three times as much as the calls themselves.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any


@cache
def direct(name: str, result: Any = ctypes.c_int) -> Callable[..., int]:
    """A function of pdfium by its name, without checks of arguments: pointers must be passed as ctypes objects
    (``pointer``, ``ctypes.byref``), numbers are C integers."""
    import pypdfium2.raw as raw

    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0
    function: Callable[..., int] = ctypes.PYFUNCTYPE(result)(address)
    return function


def pointer(handle: Any) -> ctypes.c_void_p:
    """The handle of an open object of pdfium as ``direct`` functions take it."""
    return ctypes.cast(handle, ctypes.c_void_p)


def objects_of(holder: ctypes.c_void_p, is_form: bool = False) -> Iterator[tuple[ctypes.c_void_p, int]]:
    """The objects of a page or form with their types; those within forms are not included."""
    kind = "FPDFFormObj" if is_form else "FPDFPage"
    object_at = direct(f"{kind}_GetObject", ctypes.c_void_p)
    type_of = direct("FPDFPageObj_GetType")
    for index in range(direct(f"{kind}_CountObjects")(holder)):
        item = ctypes.c_void_p(object_at(holder, index))
        yield item, type_of(item)
