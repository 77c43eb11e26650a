"""What the catalogue asks of a document."""

from __future__ import annotations

from prosperity.catalogue.model import Source
from prosperity.clean.cleaner import eras_for
from prosperity.collect.model import Release
from prosperity.extract.request import AnswerShape, Request


def request_for(source: Source, release: Release) -> Request:
    """What the catalogue asks of this document: the captions of its tables, prose if any rule needs it."""
    eras = eras_for(source, release)
    discovery = next((d for d in source.discovery if d.language == release.language), source.discovery[0])
    shape = discovery.answer
    return Request(
        captions=tuple(table.caption for era in eras for table in era.tables),
        statements=any(era.statements for era in eras),
        content=discovery.content,
        answer=AnswerShape(**shape.model_dump()) if shape else None,
        title=release.title if shape else "",
    )
