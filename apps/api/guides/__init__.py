"""The documentation for merchants: guides in Markdown, and the reference of each API version."""
