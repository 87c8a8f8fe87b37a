"""The codes that an authenticator app shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time


def code_of(seed: str, *, at: int | None = None) -> str:
    """The code of a seed, now or at a time, as RFC 6238 has it."""
    counter = int(time.time() if at is None else at) // 30
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
