"""Orchestration: what runs, when, with which resources. The only code that imports dagster."""
