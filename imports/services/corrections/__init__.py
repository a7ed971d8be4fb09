"""Correct failed records: one by one, by error group, or in a downloaded file."""
