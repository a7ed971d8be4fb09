"""The source systems, one module each: PROVIDER says everything about it."""
