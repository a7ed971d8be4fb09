"""What the pages of several wings have in common."""
