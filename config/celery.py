"""The Celery application; every app's `tasks` module is found by itself."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init

from config import broker, telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.install()
app = Celery("comptroller")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect(dispatch_uid="config.tick_at_once")
def tick_at_once(**_future: object) -> None:
    """What became due while no beat ran is not left waiting for the first tick."""
    for entry in app.conf.beat_schedule.values():
        app.send_task(entry["task"], **entry["options"])


@celeryd_init.connect(dispatch_uid="config.watch_worker")
def watch_worker(**_future: object) -> None:
    """Before the pool is forked, which takes it over."""
    telemetry.start("worker")


@beat_init.connect(dispatch_uid="config.watch_beat")
def watch_beat(**_future: object) -> None:
    """Beat sends tasks, and may fail to."""
    telemetry.start("beat")
