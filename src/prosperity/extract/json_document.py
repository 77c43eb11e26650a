"""JSON (RFC 8259) read strictly, and places in it as JSON pointers (RFC 6901).

What belongs here: bytes to values with typed errors, pointers to texts, an excerpt around a pointer. What does not:
what the values mean (``json_tables``). Numbers stay as they are written; what is not JSON by the letter is refused:
NaN and Infinity, a name that stands twice in an object, bytes that are no UTF-8.
"""

from __future__ import annotations

import json
import re
from typing import Any

from prosperity.extract.model import ExtractionError, Span

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_MOST_SCALARS = 8  #: members of one object shown in an excerpt
_LONGEST = 60  #: characters of a text shown in an excerpt, beside the one pointed to


def parse_json(data: bytes) -> Any:
    """The value; numbers as text. :raises ExtractionError: ``truncated`` or ``corrupt``, naming the place."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        status = "truncated" if error.reason == "unexpected end of data" else "corrupt"
        raise ExtractionError(status, f"byte {error.start}: not UTF-8 ({error.reason})") from error
    try:
        return json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        rest = text[error.pos :].strip()
        status = "truncated" if not rest or error.msg.startswith("Unterminated string") else "corrupt"
        raise ExtractionError(status, f"character {error.pos}: {error.msg}") from error
    except ValueError as error:
        raise ExtractionError("corrupt", str(error)) from error
    except RecursionError as error:
        raise ExtractionError("corrupt", "document: values are nested without end") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"document: {name} is no JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"document: the name {name[:40]!r} stands twice in an object")
        found[name] = value
    return found


def pointer_to(*steps: str | int) -> str:
    """The pointer of these steps from the root."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def steps_of(pointer: str) -> list[str]:
    """The steps of a pointer. :raises ExtractionError: ``no-such-place`` where it is none."""
    if pointer and not pointer.startswith("/"):
        raise ExtractionError("no-such-place", f"pointer {pointer!r} does not begin with /")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def at_pointer(value: Any, pointer: str) -> Any:
    """The value at a pointer. :raises ExtractionError: ``no-such-place``."""
    for step in steps_of(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise ExtractionError("no-such-place", f"pointer {pointer}: there is no {step[:40]!r}")
    return value


def as_text(value: Any) -> str:
    """A value as its raw text: strings as they are, numbers as written, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def excerpt(data: bytes, pointer: str) -> tuple[str, Span]:
    """The objects and lists on the way to a place, with their plain members, and the span of the place's text.

    Whatever lies beside the way is shown as ``…``. :raises ExtractionError: as ``parse_json`` and ``at_pointer``.
    """
    value = parse_json(data)
    target = as_text(at_pointer(value, pointer))
    lines: list[str] = []
    place = _show(value, steps_of(pointer), "", "", lines)
    text = "\n".join(lines)
    start = sum(len(line) + 1 for line in lines[: place[0]]) + place[1]
    return text, (start, start + len(target))


def _show(value: Any, steps: list[str], lead: str, end: str, lines: list[str]) -> tuple[int, int]:
    """Append the lines of a value; line and column of the text that the steps lead to."""
    indent = " " * (len(lead) - len(lead.lstrip()))
    if not steps:
        shown, quote = as_text(value), isinstance(value, str)
        lines.append(f'{lead}"{shown}"{end}' if quote else f"{lead}{shown}{end}")
        return len(lines) - 1, len(lead) + quote
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines.append(f"{lead}{opening}")
    inner = f"{indent}  "
    if isinstance(value, dict):
        place = _show_members(value, steps, inner, lines)
    else:
        index = int(steps[0])
        if index:
            lines.append(f"{inner}…")
        last = index == len(value) - 1
        place = _show(value[index], steps[1:], inner, "" if last else ",", lines)
        if not last:
            lines.append(f"{inner}…")
    lines.append(f"{indent}{closing}{end}")
    return place


def _show_members(value: dict[str, Any], steps: list[str], inner: str, lines: list[str]) -> tuple[int, int]:
    place = (0, 0)
    shown = 0
    for name, member in value.items():
        lead = f"{inner}{json.dumps(name, ensure_ascii=False)}: "
        if name == steps[0]:
            place = _show(member, steps[1:], lead, ",", lines)
        elif not isinstance(member, (dict, list)) and shown < _MOST_SCALARS:
            shown += 1
            text = as_text(member)
            short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            lines.append(f"{lead}{json.dumps(short, ensure_ascii=False)},")
    return place
