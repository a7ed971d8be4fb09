"""The forms of the import pages, a module for each page."""
