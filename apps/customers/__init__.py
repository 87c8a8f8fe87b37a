"""The buyers of an organization, their addresses and tax ids."""
