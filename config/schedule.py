"""Everything that happens by the clock: the one list of periodic jobs."""

from dataclasses import dataclass

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicJob:
    """
    A task without arguments, due once in every `every` seconds.

    The slots of a job are counted from midnight UTC of 1970-01-01, so a daily job is due at
    midnight UTC whenever beat was started.
    """

    name: str
    task: str
    every: int
    description: str


SCHEDULE = (
    PeriodicJob(
        name="events.sweep",
        task="events.sweep",
        every=MINUTE,
        description="Sends outbox deliveries again that the broker lost or that wait for a retry.",
    ),
    PeriodicJob(
        name="processors.sweep",
        task="processors.sweep",
        every=MINUTE,
        description="Takes up stored provider events that have not been handled yet.",
    ),
    PeriodicJob(
        name="benefits.sweep",
        task="benefits.sweep",
        every=MINUTE,
        description="Takes up grants of benefits that the broker lost or that wait for a retry.",
    ),
    PeriodicJob(
        name="organizations.close_impersonations",
        task="organizations.close_impersonations",
        every=MINUTE,
        description="Ends impersonations that ran out.",
    ),
    PeriodicJob(
        name="approvals.expire",
        task="approvals.expire",
        every=5 * MINUTE,
        description="Closes plans that no second person has agreed to in time.",
    ),
    PeriodicJob(
        name="checkouts.expire_checkouts",
        task="checkouts.expire_checkouts",
        every=15 * MINUTE,
        description="Closes checkouts whose time has run out.",
    ),
    PeriodicJob(
        name="checkouts.resume_checkouts",
        task="checkouts.resume_checkouts",
        every=MINUTE,
        description="Finds out what became of payments whose outcome was not reported.",
    ),
    PeriodicJob(
        name="payments.resume_charge_attempts",
        task="payments.resume_charge_attempts",
        every=MINUTE,
        description="Finds out what became of charges of orders whose outcome was not reported.",
    ),
    PeriodicJob(
        name="payments.resume_refunds",
        task="payments.resume_refunds",
        every=MINUTE,
        description="Finds out what became of refunds whose outcome was not reported.",
    ),
    PeriodicJob(
        name="payments.return_unclaimed",
        task="payments.return_unclaimed",
        every=15 * MINUTE,
        description="Returns payments to their payers that no order has a use for, after a day.",
    ),
    PeriodicJob(
        name="payments.book_missing_charges",
        task="payments.book_missing_charges",
        every=15 * MINUTE,
        description="Books payments whose settlement the processor did not report.",
    ),
    PeriodicJob(
        name="subscriptions.claim_due",
        task="subscriptions.claim_due",
        every=MINUTE,
        description="Takes up subscriptions whose period is over, and has each renewed.",
    ),
    PeriodicJob(
        name="subscriptions.resume_due",
        task="subscriptions.resume_due",
        every=MINUTE,
        description="Resumes paused subscriptions whose date has come.",
    ),
    PeriodicJob(
        name="subscriptions.remind_subscribers",
        task="subscriptions.remind_subscribers",
        every=HOUR,
        description="Writes to those whose renewal, trial's end or card's end is near.",
    ),
    PeriodicJob(
        name="subscriptions.retry_due_orders",
        task="subscriptions.retry_due_orders",
        every=5 * MINUTE,
        description="Charges orders again that were not paid and whose next try is due.",
    ),
    PeriodicJob(
        name="disputes.resume_acceptances",
        task="disputes.resume_acceptances",
        every=MINUTE,
        description="Finds out what became of accepted disputes whose outcome was not reported.",
    ),
    PeriodicJob(
        name="disputes.resume_submissions",
        task="disputes.resume_submissions",
        every=MINUTE,
        description="Finds out what became of evidence whose submission was not answered.",
    ),
    PeriodicJob(
        name="disputes.auto_accept",
        task="disputes.auto_accept",
        every=15 * MINUTE,
        description="Accepts small disputes a day after that was announced.",
    ),
    PeriodicJob(
        name="disputes.mark_past_due",
        task="disputes.mark_past_due",
        every=15 * MINUTE,
        description="Notes which disputes were not answered in time.",
    ),
    PeriodicJob(
        name="payouts.release_kept",
        task="payouts.release_kept",
        every=15 * MINUTE,
        description="Gives back what reserves and holds of merchants keep no longer.",
    ),
    PeriodicJob(
        name="payouts.run_schedules",
        task="payouts.run_schedules",
        every=15 * MINUTE,
        description="Makes the payouts that organizations get by a schedule.",
    ),
    PeriodicJob(
        name="payouts.send_waiting",
        task="payouts.send_waiting",
        every=HOUR,
        description="Sends payouts to their banks once the money is in the payout account.",
    ),
    PeriodicJob(
        name="payouts.resume",
        task="payouts.resume",
        every=MINUTE,
        description="Finds out what became of steps of payouts that were not confirmed.",
    ),
    PeriodicJob(
        name="webhooks.sweep",
        task="webhooks.sweep",
        every=MINUTE,
        description="Takes up webhook endpoints that the broker lost or whose pause is over.",
    ),
    PeriodicJob(
        name="webhooks.archive_events",
        task="webhooks.archive_events",
        every=DAY,
        description="Drops the payloads of webhook events older than 90 days.",
    ),
    PeriodicJob(
        name="notifications.sweep",
        task="notifications.sweep",
        every=5 * MINUTE,
        description="Sends mails that the broker lost or the mail server refused.",
    ),
    PeriodicJob(
        name="orders.release_stale_payment_locks",
        task="orders.release_stale_payment_locks",
        every=HOUR,
        description="Frees orders whose charge has given no sign for an hour.",
    ),
    PeriodicJob(
        name="ledger.take_checkpoints",
        task="ledger.take_checkpoints",
        every=HOUR,
        description="Sums up the ledger, so that balances are read from a short tail.",
    ),
    PeriodicJob(
        name="ledger.check_reviews",
        task="ledger.check_reviews",
        every=10 * MINUTE,
        description="Adds up the sales of merchants, for the reviews that they call for.",
    ),
    PeriodicJob(
        name="organizations.end_snoozes",
        task="organizations.end_snoozes",
        every=HOUR,
        description="Brings back the reviews that were put off until now.",
    ),
    PeriodicJob(
        name="organizations.activate_ready",
        task="organizations.activate_ready",
        every=10 * MINUTE,
        description="Lets merchants sell that passed their review and miss nothing any more.",
    ),
    PeriodicJob(
        name="orders.complete_offboardings",
        task="orders.complete_offboardings",
        every=HOUR,
        description="Ends the offboarding of merchants 120 days after their last sale.",
    ),
    PeriodicJob(
        name="subscriptions.shut_down",
        task="subscriptions.shut_down",
        every=HOUR,
        description="Ends the subscriptions of merchants that were shut out for a week.",
    ),
    PeriodicJob(
        name="invariants.start_checks",
        task="invariants.start_checks",
        every=HOUR,
        description="Looks for rows that contradict what must always hold.",
    ),
    PeriodicJob(
        name="invariants.prune_runs",
        task="invariants.prune_runs",
        every=DAY,
        description="Deletes what checks found a month ago.",
    ),
    PeriodicJob(
        name="reconciliation.run",
        task="reconciliation.run",
        every=10 * MINUTE,
        description="Compares the processor's statement with the books.",
    ),
    PeriodicJob(
        name="reconciliation.compare_accounts",
        task="reconciliation.compare_accounts",
        every=HOUR,
        description="Compares the statements of merchants' own accounts with our payouts.",
    ),
    PeriodicJob(
        name="api.forget_replies",
        task="api.forget_replies",
        every=HOUR,
        description="Deletes the answers kept for Idempotency-Key that are older than a day.",
    ),
    PeriodicJob(
        name="customers.announce_states",
        task="customers.announce_states",
        every=MINUTE,
        description="Tells merchants of changed customers, where the broker lost the message.",
    ),
    PeriodicJob(
        name="customers.forget_sessions",
        task="customers.forget_sessions",
        every=HOUR,
        description="Deletes the sessions of customers that have expired.",
    ),
    PeriodicJob(
        name="processors.drop_old_payloads",
        task="processors.drop_old_payloads",
        every=DAY,
        description="Drops the payloads of provider events that were handled long ago.",
    ),
    PeriodicJob(
        name="sandbox.resume_clock_runs",
        task="sandbox.resume_clock_runs",
        every=MINUTE,
        description="Takes up moves of test clocks whose process has died.",
    ),
    PeriodicJob(
        name="core.prune_runs",
        task="core.prune_runs",
        every=DAY,
        description="Deletes records of old periodic runs.",
    ),
)
