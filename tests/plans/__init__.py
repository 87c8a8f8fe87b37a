"""What plans foretell, against what then happens."""
