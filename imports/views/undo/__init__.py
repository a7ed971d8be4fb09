"""The undo of a run."""
