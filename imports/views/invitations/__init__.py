"""The pages of invitation campaigns."""
