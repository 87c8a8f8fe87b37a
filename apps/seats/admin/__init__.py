"""Seats, for staff."""

from apps.seats.admin import panels as panels
from apps.seats.admin import seats as seats
