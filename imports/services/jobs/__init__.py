"""What all jobs have in common: status, queue, policies, limits, retention."""
