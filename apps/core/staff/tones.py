"""Colours of words that are shown in several places."""

OUTCOME_TONES = {"queued": "plain", "running": "busy", "succeeded": "good", "failed": "bad"}
