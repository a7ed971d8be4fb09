"""What changes accounts; the admin, the pages and sign-in only call it."""
