"""
What must hold of the machinery: outbox, inbox, tasks and periodic jobs.

They lie below the list of checks, or beside it, so that they cannot register anything themselves.
All of it waits in the machine's time, not in that of a test clock.
"""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="events.outbox_is_delivered",
        title="The outbox is delivered",
        text="No handler has owed something to an event for over an hour.",
        area=Area.FLOW,
        subject="events.delivery",
        find=by_query("""
            SELECT id, format('%s, %s tries', handler, attempt_count) FROM events_delivery
            WHERE done_at IS NULL AND given_up_at IS NULL
                AND next_attempt_at < :at::timestamptz - interval '1 hour'"""),
        repair="See that a worker takes the queue “high”; the sweeper sends what was lost.",
        repair_page="periodic_jobs",
    ),
    Check(
        name="events.no_delivery_was_given_up",
        title="No delivery was given up",
        text="What an event has to cause happened, or is still being tried.",
        area=Area.FLOW,
        subject="events.delivery",
        find=by_query("""
            SELECT id, format('%s, %s tries', handler, attempt_count) FROM events_delivery
            WHERE given_up_at IS NOT NULL AND done_at IS NULL"""),
        repair="Mend the cause, then deliver it again from its page.",
    ),
    Check(
        name="events.deliveries_have_events",
        title="A delivery belongs to an event",
        area=Area.RECORDS,
        subject="events.delivery",
        find=by_query("""
            SELECT d.id, d.handler FROM events_delivery d
            WHERE NOT EXISTS (SELECT 1 FROM events_event e WHERE e.id = d.event_id)"""),
        repair="An event was deleted: restore it from a backup.",
    ),
    Check(
        name="processors.inbound_events_are_handled",
        title="Provider events are handled",
        text="None has waited for over an hour, and none has failed.",
        area=Area.FLOW,
        subject="processors.inboundevent",
        find=by_query("""
            SELECT id, format('%s %s', status, type) FROM processors_inboundevent
            WHERE status = 'failed'
                OR status = 'received' AND received_at < :at::timestamptz - interval '1 hour'"""),
        repair="Mend the cause, then replay the event from its page.",
    ),
    Check(
        name="core.no_periodic_job_is_stuck",
        title="No periodic job is stuck",
        text="A run ends within an hour.",
        area=Area.FLOW,
        subject="core.periodicrun",
        find=by_query("""
            SELECT id, format('%s of %s is %s', name, slot, outcome) FROM core_periodicrun
            WHERE finished_at IS NULL AND outcome IN ('queued', 'running')
                AND started_at BETWEEN :at::timestamptz - interval '30 days'
                    AND :at::timestamptz - interval '1 hour'"""),
        repair="Its worker is gone: run the job again.",
        repair_page="periodic_jobs",
    ),
    Check(
        name="core.no_task_is_dead",
        title="No task has died",
        text="What failed for good was tried again by somebody.",
        area=Area.FLOW,
        subject="core.deadtask",
        find=by_query("SELECT id, name FROM core_deadtask WHERE retried_at IS NULL"),
        repair="Mend the cause, then retry it from its page.",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
