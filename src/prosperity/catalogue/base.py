"""What all types of the catalogue share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable; an unknown key is an error, so that a typing mistake never silently switches something off."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(Model):
    zh: str
    en: str
