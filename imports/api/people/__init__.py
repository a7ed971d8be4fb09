"""What is asked of users, their groups and ways in, and of those who move them here."""
