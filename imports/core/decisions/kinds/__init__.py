"""One module for each kind of decision; the registry finds them."""
