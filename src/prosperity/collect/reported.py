"""The period a release reports on, as its line in the publisher's list gives it."""

from __future__ import annotations

import re

from prosperity.catalogue.model import Discovery
from prosperity.collect.discover import Item
from prosperity.notation.model import Period, PeriodError, stock, whole_year
from prosperity.notation.periods import parse_period


def reported_period(discovery: Discovery, item: Item) -> Period:
    """The period a release reports on, as its title, its number or its year says.

    :raises PeriodError: where that cannot be read.
    """
    if discovery.period == "title":
        return parse_period(item.title, issued=item.issued)
    if discovery.period == "edition" and discovery.editions:
        editions = discovery.editions
        found = re.search(editions.pattern, item.title)
        if not found:
            raise PeriodError(f"no edition number in {item.title!r}")
        number = int(found.group(1))
        if number in editions.exceptions:
            year, month = (int(part) for part in editions.exceptions[number].split("-"))
            return stock(year, month)
        year, month = (int(part) for part in editions.anchor_period.split("-"))
        count = year * 12 + month - 1 + (number - editions.anchor) * editions.step_months
        return stock(count // 12, count % 12 + 1)
    found = re.search(r"(?<!\d)(20\d\d)(?!\d)", item.title)
    if found:
        return whole_year(int(found.group(1)))
    if item.issued:
        return whole_year(item.issued.year)
    raise PeriodError(f"neither title {item.title!r} nor list give a year")
