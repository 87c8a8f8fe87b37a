"""The resources of the API; each owns its transitions."""
