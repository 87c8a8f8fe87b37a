"""Customers of before get the owner that they would have been made with."""

from django.db import migrations

BATCH = 5000
# The next customers who lack one; each batch is a transaction of its own, so that nobody waits.
OWNERS = """
INSERT INTO customers_member
    (id, created_at, modified_at, role, email, name, deleted_at, customer_id, organization_id)
SELECT gen_random_uuid(), created_at, NULL, 'owner', email, name, deleted_at, id, organization_id
FROM customers_customer customer
WHERE email IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM customers_member
      WHERE customer_id = customer.id AND role = 'owner'
  )
ORDER BY id
LIMIT %s
"""


def make_owners(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(OWNERS, [BATCH])
            if cursor.rowcount < BATCH:
                return


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0003_member")]
    operations = [migrations.RunPython(make_owners, migrations.RunPython.noop)]
