"""What is asked of jobs and their records."""
