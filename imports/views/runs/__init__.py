"""The import run."""
