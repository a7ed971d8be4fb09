"""The pages of legacy directories."""
