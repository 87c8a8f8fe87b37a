"""The staff site: dashboard, search and the screens that cross domains."""
