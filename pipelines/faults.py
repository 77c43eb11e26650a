"""What a person is told of a fault: cause and place in one sentence. The frames go to the log of the run."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from dagster import Failure, get_dagster_logger

_OURS = ("prosperity", "pipelines")


class NothingToBeHad(Exception):
    """A year of which no document could be had; the message names the first cause and its place."""


def told(fault: BaseException) -> str:
    """The fault's own words, and for what is no fault of the data the line of our code it came from."""
    words = " ".join(str(fault).split()) or "no reason given"
    if isinstance(fault, NothingToBeHad):
        return words
    return f"{type(fault).__name__}: {words[:600]}{_place(fault)}"


def _place(fault: BaseException) -> str:
    own = [
        frame
        for frame in traceback.extract_tb(fault.__traceback__)
        if any(part in _OURS for part in Path(frame.filename).parts) and "site-packages" not in frame.filename
    ]
    return f" (in {own[-1].name}, {Path(own[-1].filename).name} line {own[-1].lineno})" if own else ""


Step = TypeVar("Step", bound=Callable[..., Any])


def told_plainly(what: str) -> Callable[[Step], Step]:
    """An asset that fails says cause and place, and is not tried again: what heals is retried where it happens.

    The asset then raises ``Failure`` in place of any other exception; the frames are in the run's log (debug).
    """

    def wrapped(step: Step) -> Step:
        @wraps(step)
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                return step(*arguments, **named)
            except Failure:
                raise
            except Exception as fault:
                get_dagster_logger().debug("".join(traceback.format_exception(fault)))
                raise Failure(description=f"{what}: {told(fault)}", allow_retries=False) from None

        return cast(Step, call)

    return wrapped
