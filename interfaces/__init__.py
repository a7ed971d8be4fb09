"""What other programs already speak: each interface has its prefix and error form."""
