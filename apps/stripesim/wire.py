"""The form encoding of Stripe requests: `a[b][0][c]=v` to nested dictionaries of text."""

from typing import Any
from urllib.parse import parse_qsl

from .errors import malformed

Raw = dict[str, Any]


def parse(encoded: str) -> Raw:
    """Nested dictionaries of strings; `a[]=1&a[]=2` becomes {"a": {"0": "1", "1": "2"}}."""
    root: Raw = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, strict_parsing=False)
    except ValueError as error:
        raise malformed("The request could not be read as form data.") from error
    for key, value in pairs:
        if "[" not in key:
            root[key] = value
            continue
        head, *rest = key.replace("]", "").split("[")
        node = root
        for depth, part in enumerate([head, *rest]):
            part = part or str(len(node))
            if depth == len(rest):
                node[part] = value
                break
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise malformed(f"Invalid parameter: {key}", param=key)
            node = child
    return root
