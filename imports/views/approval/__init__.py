"""The approval of an import plan."""
