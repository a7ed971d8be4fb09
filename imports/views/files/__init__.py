"""The upload page."""
