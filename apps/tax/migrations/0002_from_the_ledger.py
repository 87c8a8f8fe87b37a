"""What was booked before there was a record; from now on nobody changes a row of it."""

from django.db import migrations

FORWARD = """
INSERT INTO tax_taxrecord (id, organization_id, kind, entry_id, corrects_entry_id, order_id,
    payment_id, currency, amount, presentment_currency, presentment_amount, recorded_at)
SELECT gen_random_uuid(), e.organization_id,
    CASE e.type WHEN 'payment' THEN 'sale' WHEN 'refund' THEN 'refund'
        WHEN 'refund_reversal' THEN 'refund_came_back' WHEN 'dispute_loss' THEN 'dispute_lost'
        WHEN 'dispute_loss_reversal' THEN 'dispute_came_back' ELSE 'correction' END,
    e.id, e.corrects_id, e.order_id, e.payment_id, t.currency,
    sum(CASE a.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END),
    e.presentment_currency,
    CASE WHEN e.presentment_currency IS NOT NULL THEN coalesce(e.presentment_tax_amount, 0) END,
    e.posted_at
FROM ledger_account a
JOIN ledger_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
JOIN ledger_entry e ON e.id = t.entry_id
WHERE a.kind = 'tax_liability' AND e.organization_id IS NOT NULL
GROUP BY e.id, t.currency
HAVING sum(CASE a.id WHEN t.credit_account_id THEN t.amount ELSE -t.amount END) <> 0;

CREATE FUNCTION tax_refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql;
CREATE TRIGGER tax_record_append_only BEFORE UPDATE OR DELETE ON tax_taxrecord
    FOR EACH ROW EXECUTE FUNCTION tax_refuse_change();
"""

BACKWARD = """
DROP TRIGGER tax_record_append_only ON tax_taxrecord;
DROP FUNCTION tax_refuse_change();
DELETE FROM tax_taxrecord;
"""


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_record"), ("ledger", "0012_refund_holds")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
