"""What can be wrong with a PDF."""


class UnreadablePdf(ValueError):
    """The content is no PDF that could be read, or one that is encrypted."""
