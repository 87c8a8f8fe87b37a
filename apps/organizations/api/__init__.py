"""The merchant API of organizations."""
