"""What licence keys refuse."""

from apps.core.errors import DomainError


class BadRequest(DomainError):
    """More use is asked for than is left."""

    status = 400
    message = "The usage limit of this licence key does not allow that."


class RotateNotPermitted(DomainError):
    """A key that was revoked gets no successor."""

    status = 400
    message = "Only a licence key that is granted or disabled can be rotated."


class KeyTaken(DomainError):
    """The organization has this key already."""

    status = 409
    message = "The organization has this licence key already."
