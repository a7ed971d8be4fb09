"""The pages of results: the status of each record."""
