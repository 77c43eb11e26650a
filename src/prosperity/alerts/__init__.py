"""Alerts: what happened since the last digest, said once a day to a webhook, a mailbox or a file.

What belongs here: gathering what is worth telling, keeping messages until they are delivered, and delivering them.
What does not: Dagster (``pipelines.alerts`` hands failed runs in) and any figure of its own: the index and the
reasons why it changed come from ``workflow``.
"""
