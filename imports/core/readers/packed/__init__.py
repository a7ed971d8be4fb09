"""Files within files: compressed, archived, and recognised by their first bytes."""
