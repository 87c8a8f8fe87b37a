"""The life of a provider event."""

from apps.core.states import Machine
from apps.processors.models import InboundEvent

_S = InboundEvent.Status

INBOUND_EVENT = Machine(
    noun="provider event",
    moves={
        _S.RECEIVED: frozenset({_S.HANDLED, _S.IGNORED, _S.FAILED}),
        # Any stored event can be replayed.
        _S.HANDLED: frozenset({_S.RECEIVED}),
        _S.IGNORED: frozenset({_S.RECEIVED}),
        _S.FAILED: frozenset({_S.RECEIVED}),
    },
)
