"""Compressed files and archives, unpacked without trusting them."""
