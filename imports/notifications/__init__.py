"""Send the notifications of a job's end: e-mails to its followers, signed messages to webhooks."""
