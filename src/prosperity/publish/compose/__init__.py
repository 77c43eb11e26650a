"""From figures to the content of the industry report: which figures, in which sentences, tables and charts.

What belongs here: choosing and wording, by templates. What does not: reading the warehouse (``prosperity.workflow``
hands in ``Facts``), and what pages look like.
"""
