"""Every write to benefits and grants."""

from apps.benefits.inputs import BenefitInput
from apps.benefits.operations.aligning import (
    Alignment,
    Entitlement,
    align_grants,
    cycle_grants,
)
from apps.benefits.operations.ending import (
    revoke_grants_of_benefit,
    revoke_grants_of_customer,
    revoke_grants_of_member,
)
from apps.benefits.operations.resyncing import resync_benefit, spread_resync
from apps.benefits.operations.saving import (
    create_benefit,
    delete_benefit,
    set_product_benefits,
    update_benefit,
)
from apps.benefits.operations.withdrawing import lift_withdrawal, withdraw_order
from apps.benefits.operations.working import work_on_grant

__all__ = [
    "Alignment",
    "BenefitInput",
    "Entitlement",
    "align_grants",
    "create_benefit",
    "cycle_grants",
    "delete_benefit",
    "lift_withdrawal",
    "resync_benefit",
    "revoke_grants_of_benefit",
    "revoke_grants_of_customer",
    "revoke_grants_of_member",
    "set_product_benefits",
    "spread_resync",
    "update_benefit",
    "withdraw_order",
    "work_on_grant",
]
