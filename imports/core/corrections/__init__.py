"""How a failed record is made good: in its row, or by what its mapping does."""
