"""Notes on a dispute and versions of its dossier are never changed, whoever tries."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION disputes_refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$ LANGUAGE plpgsql;

CREATE TRIGGER disputes_note_append_only BEFORE UPDATE OR DELETE ON disputes_disputenote
    FOR EACH ROW EXECUTE FUNCTION disputes_refuse_change();
CREATE TRIGGER disputes_version_append_only BEFORE UPDATE OR DELETE ON disputes_dossierversion
    FOR EACH ROW EXECUTE FUNCTION disputes_refuse_change();
"""

BACKWARD = """
DROP TRIGGER disputes_note_append_only ON disputes_disputenote;
DROP TRIGGER disputes_version_append_only ON disputes_dossierversion;
DROP FUNCTION disputes_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0002_dossier_versions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
