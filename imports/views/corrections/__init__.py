"""Pages on which failed records are corrected."""
