"""The list of jobs, their policies and activity log."""
