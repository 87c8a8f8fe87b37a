"""What finance is asked before something happens to payouts, accounts, reserves and holds."""

from apps.payouts.forms.keeping import HoldForm, ReserveEndForm, ReserveForm, UntilForm
from apps.payouts.forms.organizations import OrganizationForm
from apps.payouts.forms.payouts import (
    AccountForm,
    BillingForm,
    InvoiceForm,
    LinkForm,
    PaidForm,
    RetryForm,
    ScheduleForm,
)

__all__ = [
    "AccountForm",
    "BillingForm",
    "HoldForm",
    "InvoiceForm",
    "LinkForm",
    "OrganizationForm",
    "PaidForm",
    "ReserveEndForm",
    "ReserveForm",
    "RetryForm",
    "ScheduleForm",
    "UntilForm",
]
