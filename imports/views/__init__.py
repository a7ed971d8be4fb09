"""The pages of an import, one module for each step of it."""
