"""What goes wrong with the embedded servers in a way that a person can put right."""


class EmbeddedServiceError(Exception):
    """The message says what is wrong and what to do about it; no traceback is needed."""
