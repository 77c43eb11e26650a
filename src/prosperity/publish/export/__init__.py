"""The warehouse's content as files for others: CSV, Parquet, Excel, SDMX-CSV 2.0.

What belongs here: the columns of the files, and writing them. What does not: SQL and choosing what is exported;
``prosperity.workflow.exporting`` hands in a ``Bundle``.
"""
