"""How the site writes dates and times, by language."""
