"""Just-in-time migration: legacy directories and the users who sign in through them."""
