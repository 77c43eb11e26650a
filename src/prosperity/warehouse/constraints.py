"""What the database itself refuses: checks on codes, shapes and numbers, for both databases.

What belongs here: CHECK constraints that several tables share. What does not: which table has which (``schema``).
Where the databases need different words, the constraint has one name and two texts: PostgreSQL's types refuse
most of what SQLite would take, SQLite has no infinite numbers and days.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def period_code() -> tuple[CheckConstraint, CheckConstraint]:
    """Shape of a TIME_PERIOD: 2016, 2016-S1, 2016-Q1, 2016-06.

    SQLite builds a table for every IN at every row: written with it, this check took most of the time of loading.
    """
    return _either(
        "period",
        postgresql="period ~ '^(19|20)[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]|S[12]))?$'",
        sqlite="(period GLOB '19[0-9][0-9]*' OR period GLOB '20[0-9][0-9]*') AND (period GLOB '????' "
        "OR period GLOB '????-0[1-9]' OR period GLOB '????-1[0-2]' OR period GLOB '????-Q[1-4]' "
        "OR period GLOB '????-S[12]')",
    )


def unit_mult() -> CheckConstraint:
    return CheckConstraint("unit_mult BETWEEN -9 AND 15", name="unit_mult")


def withdrawal(column: str) -> CheckConstraint:
    """A missing value must say by its status why it is missing."""
    return CheckConstraint(f"value IS NOT NULL OR {column} <> 'A'", name="withdrawal")


def number() -> tuple[CheckConstraint, CheckConstraint]:
    """A finite number; on SQLite its canonical text."""
    return _either(
        "number",
        postgresql="value NOT IN ('NaN', 'Infinity', '-Infinity')",
        sqlite="value GLOB '*[0-9]' AND value NOT GLOB '*[^-.0-9]*' AND value NOT GLOB '?*-*' "
        "AND value NOT GLOB '*.*.*' AND value NOT GLOB '.*' AND value NOT GLOB '-.*'",
    )


def day(column: str) -> tuple[CheckConstraint, CheckConstraint]:
    """A day of the calendar (PostgreSQL's type also knows infinity); SQLite keeps it as text."""
    return _either(column, postgresql=f"isfinite({column})", sqlite=f"{column} IS date({column}, '+0 days')")


def _either(name: str, *, postgresql: str, sqlite: str) -> tuple[CheckConstraint, CheckConstraint]:
    return (
        CheckConstraint(postgresql, name=name).ddl_if(dialect="postgresql"),
        CheckConstraint(sqlite, name=name).ddl_if(dialect="sqlite"),
    )
