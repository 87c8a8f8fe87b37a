"""The kinds of account, and which side of each counts as more."""

from django.db import models


class AccountKind(models.TextChoices):
    """What the money in an account is."""

    PROCESSOR_BALANCE = "processor_balance"
    PROCESSOR_FEES = "processor_fees"
    MERCHANT_BALANCE = "merchant_balance"
    PLATFORM_REVENUE = "platform_revenue"
    FEE_CREDITS = "fee_credits"
    TAX_LIABILITY = "tax_liability"
    SALES_CLEARING = "sales_clearing"
    # What buyers paid that no order has a use for; theirs until it is given back.
    UNCLAIMED_PAYMENTS = "unclaimed_payments"
    # What customers have with a merchant, in the currency they buy in, and what was given for it.
    CUSTOMER_BALANCE = "customer_balance"
    CUSTOMER_CREDIT = "customer_credit"
    # What was taken from a merchant's balance to be paid, until it has arrived.
    PAYOUTS_DUE = "payouts_due"
    # That part of it which is in the merchant's account at the processor.
    PAYOUT_ACCOUNTS = "payout_accounts"
    # What is kept of a merchant's money by the terms of a reserve, and by a decision of staff.
    RESERVED = "reserved"
    HELD = "held"
    # What banks took back and may still have to return, and the merchants' part of that.
    CONTESTED_PAYMENTS = "contested_payments"
    DISPUTE_HOLDS = "dispute_holds"
    # What is kept of a merchant's money until a refund has ended.
    REFUND_HOLDS = "refund_holds"
    # The platform's own bank, from which people pay.
    BANK_BALANCE = "bank_balance"


# What we have and what we spent grows on the debit side, what we owe and earned on the credit side.
DEBIT_NORMAL = frozenset(
    {
        AccountKind.PROCESSOR_BALANCE,
        AccountKind.PROCESSOR_FEES,
        AccountKind.FEE_CREDITS,
        AccountKind.CUSTOMER_CREDIT,
        AccountKind.PAYOUT_ACCOUNTS,
        AccountKind.CONTESTED_PAYMENTS,
        AccountKind.BANK_BALANCE,
    }
)

# What moves between these two is a promise: no money comes in or goes out.
CUSTOMER_KINDS = frozenset({AccountKind.CUSTOMER_BALANCE, AccountKind.CUSTOMER_CREDIT})

# The others may stand below zero: a merchant after refunds, the processor before a top-up, revenue
# whose fees were given back, and customers who owe more than they have.
NEVER_NEGATIVE = frozenset(
    {
        AccountKind.PROCESSOR_FEES,
        AccountKind.FEE_CREDITS,
        AccountKind.TAX_LIABILITY,
        AccountKind.SALES_CLEARING,
        AccountKind.UNCLAIMED_PAYMENTS,
        AccountKind.PAYOUTS_DUE,
        AccountKind.PAYOUT_ACCOUNTS,
        AccountKind.CONTESTED_PAYMENTS,
        AccountKind.DISPUTE_HOLDS,
        AccountKind.REFUND_HOLDS,
        AccountKind.RESERVED,
        AccountKind.HELD,
    }
)


def natural_amount(kind: str, *, debit_amount: int, credit_amount: int) -> int:
    """The balance as people say it: positive when there is money of that kind."""
    if kind in DEBIT_NORMAL:
        return debit_amount - credit_amount
    return credit_amount - debit_amount
