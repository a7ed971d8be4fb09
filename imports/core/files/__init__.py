"""Files that cannot be trusted or must not be in clear: sealed, bounded, written safely."""
