"""The record of everything that happened: audit trail, outbox and system event log in one table."""
