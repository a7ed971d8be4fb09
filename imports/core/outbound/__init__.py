"""Where requests to other systems may go, and how webhooks are signed."""
