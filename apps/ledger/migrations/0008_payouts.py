from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_unclaimed_payments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("processor_balance", "Processor Balance"),
                    ("processor_fees", "Processor Fees"),
                    ("merchant_balance", "Merchant Balance"),
                    ("platform_revenue", "Platform Revenue"),
                    ("fee_credits", "Fee Credits"),
                    ("tax_liability", "Tax Liability"),
                    ("sales_clearing", "Sales Clearing"),
                    ("unclaimed_payments", "Unclaimed Payments"),
                    ("customer_balance", "Customer Balance"),
                    ("customer_credit", "Customer Credit"),
                    ("payouts_due", "Payouts Due"),
                    ("payout_accounts", "Payout Accounts"),
                    ("bank_balance", "Bank Balance"),
                ],
                max_length=32,
            ),
        ),
    ]
