"""How fast the API is, as a ratio to what the same PostgreSQL can do at all."""
