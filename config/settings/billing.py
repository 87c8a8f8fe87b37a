"""The business constants of this installation."""

from datetime import timedelta
from pathlib import Path

from config.env import env

# The currency of the processor balance and of every merchant account.
SETTLEMENT_CURRENCY: str = env.str("SETTLEMENT_CURRENCY", default="usd")
CHECKOUT_LIFETIME_HOURS: int = env.int("CHECKOUT_LIFETIME_HOURS", default=24)
# Money from a sale can be paid out after this many days.
PAYOUT_DELAY_DAYS: int = env.int("PAYOUT_DELAY_DAYS", default=7)
# Who sells to buyers and pays merchants: its name and address stand on what it writes to merchants,
# the lines of the address divided by "|".
PLATFORM_NAME: str = env.str("PLATFORM_NAME", default="Comptroller")
PLATFORM_ADDRESS: str = env.str("PLATFORM_ADDRESS", default="")
# Begins the numbers of the invoices that the platform writes to itself for merchants.
REVERSE_INVOICE_PREFIX: str = env.str("REVERSE_INVOICE_PREFIX", default="CMPT")
STATEMENT_DESCRIPTOR_PREFIX: str = env.str("STATEMENT_DESCRIPTOR_PREFIX", default="CMPT")
# Ask DNS whether a buyer's mail domain exists; off where there is no network.
EMAIL_CHECK_DELIVERABILITY: bool = env.bool("EMAIL_CHECK_DELIVERABILITY", default=False)
# Where the proxy in front of us writes the country of the buyer's address (two letters).
BUYER_COUNTRY_HEADER: str = env.str("BUYER_COUNTRY_HEADER", default="CF-IPCountry")

# Who computes taxes, tried in this order; a calculator that collects nothing is one of them.
TAX_CALCULATORS: list[str] = env.list(
    "TAX_CALCULATORS", default=["apps.tax.calculators.NoneCalculator"]
)

# Where `./manage.py update_rates` gets exchange rates: a file, so that it works without a network,
# or a service such as djmoney.contrib.exchange.backends.OpenExchangeRatesBackend.
EXCHANGE_BACKEND: str = env.str("EXCHANGE_BACKEND", default="apps.core.exchange.FileBackend")
EXCHANGE_RATES_FILE: str = env.str(
    "EXCHANGE_RATES_FILE", default=str(Path(__file__).parents[1] / "exchange_rates.json")
)
OPEN_EXCHANGE_RATES_APP_ID: str = env.str("OPEN_EXCHANGE_RATES_APP_ID", default="")
BASE_CURRENCY: str = env.str("EXCHANGE_BASE_CURRENCY", default="USD")

# How long a plan waits for a second person.
APPROVAL_LIFETIME: timedelta = timedelta(hours=env.int("APPROVAL_LIFETIME_HOURS", default=72))
