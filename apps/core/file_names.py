"""Names of files that come from outside."""

from __future__ import annotations

import re
from typing import Final

LONGEST_STEM: Final = 180


def safe_name(name: str, ending: str, *, otherwise: str = "file") -> str:
    """
    The last part of a name in harmless letters, with the ending that the content has.

    `otherwise` stands for a name of which nothing is left.
    """
    stem = re.split(r"[\\/]", name)[-1].rsplit(".", 1)[0]
    stem = re.sub(r"[^\w .()-]+", "_", stem).strip(" .")
    return f"{stem[:LONGEST_STEM] if stem.strip('_') else otherwise}.{ending}"
