"""Have a second person approve what is run."""
