"""Where the table stands in the JSON that a publisher's interface answers.

What belongs here: the declaration. What does not: reading the answer (``extract.json_tables``).
"""

from __future__ import annotations

from prosperity.catalogue.base import Model


class Answer(Model):
    """A list of columns, each with a list of cells.

    ``columns`` is a JSON pointer (RFC 6901) to the list, the others are names of members: a column's header and its
    cells, a cell's label, value and unit. Columns become the table's columns, labels its stub.
    """

    columns: str
    header: str
    cells: str
    label: str
    value: str
    unit: str | None = None
    stub: str = "指标"  #: header of the stub column, for which such an answer has no name
