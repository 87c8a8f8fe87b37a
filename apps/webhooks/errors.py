"""What can be refused about webhooks."""

from apps.core.errors import DomainError


class EndpointDisabled(DomainError):
    """Nothing is delivered to an endpoint that is switched off."""

    status = 409
    message = "The endpoint is disabled: enable it first."


class EventArchived(DomainError):
    """Its payload is no longer kept."""

    status = 409
    message = "The event is archived: its payload is no longer kept."


class ClaimLost(DomainError):
    """Another worker delivers to the endpoint by now."""

    status = 409
    message = "Somebody else delivers to this endpoint by now."
