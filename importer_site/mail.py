"""Show e-mails in the terminal where no mail server is named."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class PrintingEmailBackend(EmailBackend):
    """Prints recipients, subject and plain text, which is what somebody at a terminal can read."""

    def write_message(self, message: EmailMessage) -> None:
        recipients = ", ".join(message.recipients())
        head = f"E-mail to {recipients} (EMAIL_HOST is not set): {message.subject}"
        self.stream.write(f"{head}\n\n{message.body.strip()}\n\n")
