"""The HTTP API: what the pages do, for other programs. docs/api.md tells how to use it."""
