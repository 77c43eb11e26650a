"""The stages put together, for Dagster's assets, the command line and scripts alike.

What belongs here: the order of the stages and what passes between them. What does not: anything that a
single stage could know by itself, and anything of Dagster.
"""
