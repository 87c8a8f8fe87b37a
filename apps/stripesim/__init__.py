"""The sandbox Stripe: a separate server that speaks Stripe's HTTP, for demo, tests and development.

Owns its own process, settings and database file. Imports nothing else of the project, and nothing
imports it: it is reached over HTTP only, like the real one. Listens on loopback only.
"""
