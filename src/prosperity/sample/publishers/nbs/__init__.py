"""NBS (www.stats.gov.cn): one list of latest releases that four sources share.

Income, retail sales, industry and national accounts each have a module; here they become one list by date of
issue, with releases of another subject in between. What belongs here: the list and answering requests. What does
not: the pages themselves (``pages`` and the subjects).
"""

from __future__ import annotations

from prosperity.sample.lists import ListSite, PagedList, by_path, newest_first
from prosperity.sample.publishers.nbs import accounts, income, industry, retail, revisions
from prosperity.sample.publishers.nbs.pages import FOLDER, list_page

HOST = "www.stats.gov.cn"
PAGE_SIZE = 20


def publisher() -> ListSite:
    subjects = (income, retail, industry, accounts, revisions)
    built = [release for subject in subjects for release in subject.releases()]
    items = newest_first(item for item, _ in built)
    documents = by_path(document for _, document in built)
    return ListSite(HOST, (PagedList(FOLDER, items, list_page, PAGE_SIZE, "index_{n}.html", 1),), documents)
