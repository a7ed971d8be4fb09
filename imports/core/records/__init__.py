"""The canonical record, its parts, its validation and its unique keys."""
