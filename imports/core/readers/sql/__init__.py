"""Read the rows that SQL dumps insert; no statement is ever executed."""
