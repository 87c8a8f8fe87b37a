"""All routes of the sandbox."""

from django.urls import path, re_path

from . import control as c
from . import control_accounts as a
from . import control_money as m
from . import dispatch
from . import schedules as schedules  # registers its job
from .pages import connect, views
from .resources import (
    account_links,
    accounts,
    balance,
    charges,
    confirmation_tokens,
    customer_sessions,
    customers,
    disputes,
    early_fraud_warnings,
    events,
    external_accounts,
    files,
    payment_intents,
    payment_method_domains,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    tax_ids,
    transfer_reversals,
    transfers,
    webhook_endpoints,
)
from .routes import urlpatterns as operations

RESOURCES = [
    payment_intents.resource,
    charges.resource,
    customers.resource,
    payment_methods.resource,
    refunds.resource,
    balance.resource,
    setup_intents.resource,
    confirmation_tokens.resource,
    customer_sessions.resource,
    tax_ids.resource,
    disputes.resource,
    early_fraud_warnings.resource,
    events.resource,
    webhook_endpoints.resource,
    payment_method_domains.resource,
    accounts.resource,
    external_accounts.resource,
    account_links.resource,
    transfers.resource,
    transfer_reversals.resource,
    payouts.resource,
    files.resource,
]

urlpatterns = [
    *operations(RESOURCES),
    path("v1/files/<str:file>/contents", files.download),
    path("links/<str:link>/<str:token>", files.follow),
    path("v3/", views.stripe_js),
    path("v3", views.stripe_js),
    path("assets/<str:name>", views.asset),
    path("elements/payment", views.payment_element),
    path("3ds/<str:intent>", views.challenge),
    path("receipts/<str:charge>", views.receipt),
    path("setup/s/<str:token>/<str:session>", connect.onboard),
    path("express/s/<str:token>/<str:session>", connect.express),
    path("setup/e/<str:account>/<str:token>", connect.open_link),
    path("express/<str:account>/<str:token>", connect.open_link),
    path("_sim/", c.status_page),
    path("_sim/health", c.control(GET=c.health)),
    path("_sim/clock", c.control(GET=c.clock)),
    path("_sim/clock/advance", c.control(POST=c.advance_clock)),
    path("_sim/clock/set", c.control(POST=c.set_clock)),
    path(
        "_sim/faults",
        c.control(GET=c.list_faults, POST=c.add_fault, DELETE=c.clear_faults),
    ),
    path("_sim/faults/<str:rule>", c.control(DELETE=c.clear_faults)),
    path("_sim/requests", c.control(GET=c.requests, DELETE=c.forget_requests)),
    path("_sim/deliveries", c.control(GET=c.deliveries)),
    path("_sim/deliveries/<str:verb>", c.control(POST=c.steer_deliveries)),
    path("_sim/webhook_endpoints", c.control(POST=c.bootstrap_endpoint)),
    path("_sim/config", c.control(GET=c.show_config, POST=c.configure)),
    path("_sim/accounts", c.control(GET=a.list_accounts, POST=a.add_account)),
    path("_sim/accounts/<str:account>", c.control(POST=a.steer_account)),
    path("_sim/disputes", c.control(POST=m.open_dispute)),
    path("_sim/disputes/<str:dispute>", c.control(POST=m.end_dispute)),
    path("_sim/early_fraud_warnings", c.control(POST=m.warn_of_fraud)),
    path("_sim/balance", c.control(POST=m.add_balance)),
    path("_sim/fees", c.control(POST=m.add_fee)),
    path("_sim/payouts/<str:payout>", c.control(POST=m.end_payout)),
    path("_sim/challenges/<str:intent>", c.control(POST=c.answer_challenge)),
    path("_sim/declines/<str:method>", c.control(POST=c.decline_method)),
    path("_sim/refunds/<str:refund>", c.control(POST=m.end_refund)),
    path("_sim/reset", c.control(POST=c.reset)),
    re_path(r"^", dispatch.unrecognized),
]
