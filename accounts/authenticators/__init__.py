"""How each kind of authenticator is stored in allauth's tables, for imports, pages and sign-in."""
