"""How people sign in: backends, forms, throttling and what is asked of them on the way."""
