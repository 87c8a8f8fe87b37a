"""How the library of second factors keeps its secrets."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from apps.core.sealing import seal, unseal

PLACE = "mfa.authenticator"


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of authenticator apps and recovery codes are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """The seed, sealed."""
        return seal(text, place=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """The seed that was sealed."""
        return unseal(encrypted_text, place=PLACE)
