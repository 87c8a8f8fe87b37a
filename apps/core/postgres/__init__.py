"""Django's PostgreSQL backend, with a health check that asks the socket and not the server."""
