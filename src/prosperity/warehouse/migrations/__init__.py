"""Alembic's environment and the migrations, one module per change of the schema."""
