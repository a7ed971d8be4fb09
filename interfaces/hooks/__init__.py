"""Sign-in hooks: other systems ask whether a password is right, each in its own form.

Each module in `callers` is one system and is found by itself. It says how the system signs in, how
it asks, and how each answer is spelled; what the answer is, `imports.services.hooks` decides.
"""
