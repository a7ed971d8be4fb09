"""A job's file and rows at rest: received, kept encrypted, cut into chunks."""
