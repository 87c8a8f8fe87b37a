"""Notes are written once: the database refuses anything else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reconciliation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Write another note.';
END
$$;
CREATE TRIGGER reconciliation_note_append_only
    BEFORE UPDATE OR DELETE ON reconciliation_discrepancynote
    FOR EACH ROW EXECUTE FUNCTION reconciliation_refuse_change();
"""

BACKWARD = """
DROP TRIGGER reconciliation_note_append_only ON reconciliation_discrepancynote;
DROP FUNCTION reconciliation_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_statement")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
