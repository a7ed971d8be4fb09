"""Ask legacy directories: their clients, and what keeps passwords from being guessed there."""
