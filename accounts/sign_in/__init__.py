"""How people sign in: backends, forms and what is asked of them on the way."""
