"""The endpoints of the provider: those that users see, and those that applications call."""
