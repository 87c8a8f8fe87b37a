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
from apps.benefits.operations.regranting import grant_all_again
from apps.benefits.operations.resyncing import resync_benefit, spread_resync
from apps.benefits.operations.saving import (
    create_benefit,
    delete_benefit,
    set_product_benefits,
    update_benefit,
)
from apps.benefits.operations.withdrawing import lift_withdrawal, withdraw_order
from apps.benefits.operations.withholding import grant_again, plan_revoke_grant, revoke_grant
from apps.benefits.operations.working import work_on_grant

__all__ = [
    "Alignment",
    "BenefitInput",
    "Entitlement",
    "align_grants",
    "create_benefit",
    "cycle_grants",
    "delete_benefit",
    "grant_again",
    "grant_all_again",
    "lift_withdrawal",
    "plan_revoke_grant",
    "resync_benefit",
    "revoke_grant",
    "revoke_grants_of_benefit",
    "revoke_grants_of_customer",
    "revoke_grants_of_member",
    "set_product_benefits",
    "spread_resync",
    "update_benefit",
    "withdraw_order",
    "work_on_grant",
]
