"""A sample application that signs its users in by OpenID Connect."""
