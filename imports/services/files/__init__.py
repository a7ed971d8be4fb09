"""Take files in."""
