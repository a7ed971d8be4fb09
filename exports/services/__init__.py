"""What can be done about exports, each with its line in their activity log."""
