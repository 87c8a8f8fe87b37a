"""What staff are asked before a merchant, its people or a token is changed."""

from apps.organizations.forms.access import (
    CapabilityForm,
    ImpersonateForm,
    InvitationForm,
    InviteForm,
    MemberRoleForm,
    StatusForm,
    TokenForm,
)
from apps.organizations.forms.settings import (
    CheckoutForm,
    EmailsForm,
    FeaturesForm,
    InvoiceForm,
    PortalForm,
    ProfileForm,
    SubscriptionsForm,
)

__all__ = [
    "CapabilityForm",
    "CheckoutForm",
    "EmailsForm",
    "FeaturesForm",
    "ImpersonateForm",
    "InvitationForm",
    "InviteForm",
    "InvoiceForm",
    "MemberRoleForm",
    "PortalForm",
    "ProfileForm",
    "StatusForm",
    "SubscriptionsForm",
    "TokenForm",
]
