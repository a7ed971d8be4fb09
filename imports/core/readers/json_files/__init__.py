"""Records in JSON, whatever its outline: arrays, maps, pages, lines."""
