"""Find the records that corrections are for, before the run."""
