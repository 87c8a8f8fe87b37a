"""Damage to what makes things happen."""

from tests.invariants.damages.kinds import Damage

MACHINERY = (
    Damage(
        "an outbox that nobody empties",
        "events.outbox_is_delivered",
        "UPDATE events_delivery SET done_at = NULL, next_attempt_at = now() - interval '2 hours'",
    ),
    Damage(
        "a delivery that was given up",
        "events.no_delivery_was_given_up",
        "UPDATE events_delivery SET done_at = NULL, given_up_at = now()",
    ),
    Damage(
        "a delivery of nothing",
        "events.deliveries_have_events",
        "UPDATE events_delivery SET event_id = gen_random_uuid()",
    ),
    Damage(
        "a provider event that was not handled",
        "processors.inbound_events_are_handled",
        "UPDATE processors_inboundevent SET status = 'received', "
        "received_at = now() - interval '2 hours'",
    ),
    Damage(
        "a run that never ended",
        "core.no_periodic_job_is_stuck",
        "UPDATE core_periodicrun SET finished_at = NULL, outcome = 'running', "
        "started_at = now() - interval '2 hours'",
    ),
    Damage(
        "a task that nobody tried again",
        "core.no_task_is_dead",
        "UPDATE core_deadtask SET retried_at = NULL",
    ),
)
