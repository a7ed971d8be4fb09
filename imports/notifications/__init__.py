"""Sends the notices of a job's end: e-mails to its followers, signed messages to webhooks."""
