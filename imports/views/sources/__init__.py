"""The progress of each source system."""
