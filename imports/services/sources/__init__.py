"""How far each source system's migration is."""
