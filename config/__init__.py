from config import lean

lean.leave_out()

from config.celery import app as celery_app  # noqa: E402

__all__ = ["celery_app"]
