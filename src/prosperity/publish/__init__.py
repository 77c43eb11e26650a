"""The report as a static site: charts, pages, and pictures of the places that figures were read from.

What belongs here: turning results that are handed in into files. What does not: fetching, computing, SQL; the
gathering is done by ``prosperity.workflow.reporting``.
"""
