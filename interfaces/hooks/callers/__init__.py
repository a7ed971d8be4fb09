"""One module for each system that asks; its `CALLER` says everything about it."""
