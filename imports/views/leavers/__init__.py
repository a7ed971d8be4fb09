"""The pages of users who are missing from a file: the list, and the decision to disable them."""
