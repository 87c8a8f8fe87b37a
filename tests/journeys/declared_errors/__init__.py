"""
Which request provokes which error that the SDK declares.

Every operation of the SDK that we serve has a row, and every error that the SDK declares for it an
entry; `test_declared_errors.py` fails otherwise, and sends each request through each version of
the SDK. To add a resource, add a module here that defines `ROWS`; it is found by itself:

    ROWS: Rows = {
        "things.list": {"HTTPValidationError": page_zero},
        "things.get": OF_ONE,                      # 404 for an unknown id, 422 for what is none
        "things.revoke": {
            **OF_ONE,
            "AlreadyRevoked": lambda call, scene: call(revoked_thing(scene)),
            "PaymentFailed": cannot("revoking charges nothing"),
        },
    }

An entry is a function of the SDK's bound method and of the scene (`scene.py`): it brings about what
is needed and makes the one call that must be refused. `cannot("why")` is for an error that the SDK
declares and this server has no occasion for; nothing is sent then.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.journeys.declared_errors.scene import Rows

ROWS: Rows = {}
for _module in iter_modules(__path__):
    ROWS |= getattr(import_module(f"{__name__}.{_module.name}"), "ROWS", {})
