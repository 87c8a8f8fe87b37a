"""All routes of the sandbox."""

from django.urls import re_path

from . import dispatch
from .resources import (
    charges,
    confirmation_tokens,
    customers,
    payment_intents,
    payment_methods,
    tax_ids,
)
from .routes import urlpatterns as operations

urlpatterns = [
    *operations(
        [
            payment_intents.resource,
            charges.resource,
            customers.resource,
            tax_ids.resource,
            payment_methods.resource,
            confirmation_tokens.resource,
        ]
    ),
    re_path(r"^", dispatch.unrecognized),
]
