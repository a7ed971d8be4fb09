"""The targets: one file for each."""
