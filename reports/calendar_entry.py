"""An entry for somebody's calendar (RFC 5545): when to be there, and nothing that tells a colleague where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One entry: ``uid`` stays through all changes, ``sequence`` grows with each, so that the newest one counts.

    ``status`` is CONFIRMED, TENTATIVE or CANCELLED; an announced arrival has a beginning and no end.
    """

    uid: str
    sequence: int
    title: str
    details: str
    address: str
    begins_at: datetime
    changed_at: datetime
    status: str


def render_entry(entry: CalendarEntry) -> bytes:
    """The bytes of an ``.ics`` file."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.begins_at)
    event.add("summary", entry.title)
    event.add("description", entry.details)
    event.add("url", entry.address)
    event.add("class", "PRIVATE")
    event.add("status", entry.status)
    calendar = Calendar()
    calendar.add("prodid", "-//Public Services Portal//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
