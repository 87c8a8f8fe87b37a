"""Damage to the record of tax."""

from tests.invariants.damages.kinds import Damage

TAX = (
    Damage(
        "a lost record of tax",
        "tax.records_are_the_ledgers",
        "DELETE FROM tax_taxrecord WHERE order_id = '{order}'",
    ),
    Damage(
        "tax that is a cent more than in the ledger",
        "tax.records_are_the_ledgers",
        "UPDATE tax_taxrecord SET amount = amount + 1 WHERE order_id = '{order}'",
    ),
    Damage(
        "tax of another order",
        "tax.records_are_the_ledgers",
        "UPDATE tax_taxrecord SET order_id = '{refunded}' WHERE order_id = '{order}'",
    ),
    Damage(
        "tax that is in no entry",
        "tax.records_are_the_ledgers",
        "UPDATE tax_taxrecord SET entry_id = gen_random_uuid() WHERE order_id = '{order}'",
    ),
    Damage(
        "tax that came back from nowhere",
        "tax.refunds_came_back_whole",
        "UPDATE tax_taxrecord SET corrects_entry_id = NULL WHERE kind = 'refund_came_back'",
    ),
    Damage(
        "less tax back than had gone",
        "tax.refunds_came_back_whole",
        "UPDATE tax_taxrecord SET amount = amount - 1 WHERE kind = 'refund_came_back'",
    ),
)
