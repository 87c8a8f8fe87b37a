"""Metrics, error tracking and traces."""

import os

from config.env import DATA_DIR, env

METRICS_ENABLED: bool = env.bool("METRICS_ENABLED", default=True)
# Who shows it may read /metrics; without one only this machine may.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
# One folder for all processes of a machine. The library reads the variable when it is loaded.
METRICS_DIR: str = env.str("METRICS_DIR", default=str(DATA_DIR / "metrics"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIR
if METRICS_ENABLED:
    os.makedirs(METRICS_DIR, exist_ok=True)
