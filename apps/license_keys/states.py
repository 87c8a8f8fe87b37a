"""The moves of a licence key's status."""

from apps.core.states import Machine

# Revoked follows the grant; disabled is somebody's decision, which a grant does not undo.
LICENSE_KEY = Machine(
    noun="licence key",
    moves={
        "granted": frozenset({"revoked", "disabled"}),
        "revoked": frozenset({"granted", "disabled"}),
        "disabled": frozenset({"granted", "revoked"}),
    },
)

ROTATABLE = frozenset({"granted", "disabled"})

# A check finds out whether all of a file can be taken over; only then it may be.
IMPORT = Machine(
    noun="import",
    moves={
        "checking": frozenset({"checked", "refused"}),
        "checked": frozenset({"checking", "applying", "discarded"}),
        "refused": frozenset({"checking", "discarded"}),
        "applying": frozenset({"applied", "checking"}),
    },
)
