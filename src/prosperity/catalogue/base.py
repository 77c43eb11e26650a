"""What all types of the catalogue share."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"not a pattern: {pattern!r} ({fault})") from fault
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Model(BaseModel):
    """Immutable; an unknown key is an error, so that a typing mistake never silently switches something off."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Model):
    zh: str
    en: str
