"""The migration report of a job."""
