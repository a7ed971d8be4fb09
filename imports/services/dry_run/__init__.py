"""Make the decisions that a dry run asks for."""
