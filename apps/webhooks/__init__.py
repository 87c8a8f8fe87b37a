"""Webhooks to merchants: endpoints, signed events in order, deliveries and their retries.

What an event says is written by the app it is about, in the transaction of the change.
"""
