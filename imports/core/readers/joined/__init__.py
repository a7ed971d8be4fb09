"""Records of which the parts stand in several rows or tables, put together."""
