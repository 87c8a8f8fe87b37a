"""What Stripe keeps of a charge, and when the rest can be used."""

from datetime import UTC, datetime, timedelta

PERCENT_BPS, INTERNATIONAL_BPS, CONVERSION_BPS = 290, 150, 100
FIXED = 30  # US cents per charge


def charge_fee(settled: int, *, card_country: str | None, converted: bool) -> int:
    """The fee in settlement cents of a charge that settles at `settled` cents; halves go up."""
    bps = PERCENT_BPS
    if card_country != "US":
        bps += INTERNATIONAL_BPS
    if converted:
        bps += CONVERSION_BPS
    return (settled * bps + 5000) // 10000 + FIXED


def available_on(now: int, business_days: int = 2) -> int:
    """00:00 UTC of the second business day after `now`."""
    day = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0)
    while business_days:
        day += timedelta(days=1)
        if day.weekday() < 5:
            business_days -= 1
    return int(day.timestamp())
