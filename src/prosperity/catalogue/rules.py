"""Where a figure stands in a document, by meaning: rules for sentences and for tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from prosperity.catalogue.base import Model, Pattern


class StatementRule(Model):
    """A figure in prose, by meaning: who (subject), what (measure), in which unit; with its rates beside it.

    Of several rules for the same words the first is taken whose series can have the sentence's period. A rule that
    names no series claims a figure that is known and deliberately not taken.

    ``period_shift`` is for documents that hold figures of two periods (values of this quarter, revenue of the
    one before). A sentence that names no period itself then reports on the release's period, moved by so many of
    its own lengths (0: the release's own, −1: the quarter before); it never takes over the period of the sentence
    before it. A period that the sentence names always wins, unless ``edition_named``.
    """

    measure: Pattern
    subject: Pattern | None = None
    exclude: Pattern | None = None  #: sentences in which the same words mean something else
    sentence: Pattern | None = (
        None  #: what the sentence must say before the figure (…等新兴业务,共完成业务收入)
    )
    within: Pattern | None = None  #: what the whole sentence must hold (or, by ``^(?!…)``, must not)
    unit: str
    #: Units as publishers shorten them for this measure, and what they mean: {M: MB/户·月}.
    printed_units: dict[str, str] = Field(default_factory=dict)
    unit_optional: bool = False  #: the publisher leaves the unit off behind 万 or 亿 (总市值达9.75万亿)
    level: str | None = None  #: series of the level
    rate: str | None = None  #: series of the growth rate on the year printed beside it
    qoq: str | None = None  #: series of the change on the quarter before (环比) printed beside it
    difference: str | None = None  #: series of a change in points printed beside it
    period_kinds: tuple[str, ...] = ()  #: kinds of period accepted; empty: those the series' frequency allows
    #: With a period of another kind the words mean something else (the month beside the year to date): such a
    #: sentence is left to other rules. Without it, it is refused.
    kinds_decide: bool = False
    period_shift: int | None = None  #: None: a sentence without a period takes over the one named before it
    #: 2019年互联网百强企业 are those of the edition of 2019, whose figures are of the year before: the release's own
    #: period in front of the words is the edition's name, and the sentence is one that names none.
    edition_named: bool = False
    required: bool = False

    @model_validator(mode="after")
    def _edition_has_another_period(self) -> StatementRule:
        if self.edition_named and not self.period_shift:
            raise ValueError(
                "edition_named needs a period_shift: the period that is meant in place of the edition's"
            )
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        """Every series that the rule feeds."""
        return tuple(name for name in (self.level, self.rate, self.qoq, self.difference) if name)


class TableColumn(Model):
    """A column by its header text (all header rows joined); ``period`` tells which period it reports on.

    A period without its year (``1-6月``) is of the release's year; a header without any is of its period.
    """

    header: Pattern
    #: The release's own; one named in the header; the header itself, where year-to-date figures run from January to its
    #: end (``header_end``); the year up to the release's month (``year_to_date``, 累计).
    period: Literal["release", "header", "header_end", "year_to_date"] = "release"
    #: Kinds of period: a column of another kind, or of a period the series cannot have, is not this column.
    period_kinds: tuple[str, ...] = ()
    #: A table without it only half matches and nothing is taken from it; false: the publisher leaves it out at times.
    required: bool = True


class TableRow(Model):
    label: Pattern
    level: str | None = None
    rate: str | None = None
    required: bool = False
    #: ``label``: the row's label names the period; without a year it is of the last year named above.
    period: Literal["column", "label"] = "column"
    section: Pattern | None = None  #: only under a heading (``sections`` of the rule) like this


class TableRule(Model):
    """A table by its caption and header texts, never by page or position."""

    caption: Pattern
    unit: str | None = None  #: unit of the figures where the table itself names none, e.g. 件 or 亿元
    unit_header: Pattern | None = (
        None  #: header of the column that names the unit of each row, where there is one
    )
    label_header: Pattern  #: header of the stub column
    #: Headers of columns that are known and not taken: any other one is reported as new (see ``clean.drift``).
    ignore_headers: Pattern | None = None
    sections: Pattern | None = None  #: labels that begin a section, where several hold rows of one name
    level: TableColumn | None = None
    rate: TableColumn | None = None
    rows: tuple[TableRow, ...]
    required: bool = True
