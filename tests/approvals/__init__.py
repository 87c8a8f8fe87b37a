"""Plans that wait for a second person."""
