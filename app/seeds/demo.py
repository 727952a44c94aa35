"""A lively demonstration agency: people, papers, cases in several states, visits on the next working day.

Everything goes through the services, under a clock that is set back where a case has a past. Safe to run at every
start: what is there stays, and the visits of the coming working day are added.
"""

from __future__ import annotations

import os

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.security import SYSTEM
from app.seeds import (
    demo_books,
    demo_cases,
    demo_closures,
    demo_desk,
    demo_faces,
    demo_families,
    demo_imports,
    demo_residents,
    demo_sessions,
    demo_today,
    demo_visits,
)
from app.seeds import demo_people as people
from app.services import records, visit_rules_changes
from app.transaction import transaction
from models import Agency


def fill() -> None:
    """Make the demonstration agency, or bring its visits up to today; raises ``RuntimeError`` in production."""
    if not current_app.config["SHOW_OUTBOX"] or os.environ.get("APP_CONFIG") == "production":
        raise RuntimeError("the demonstration is refused in production")
    agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    if not agency.phone:
        records.save(agency, {"phone": people.AGENCY_PHONE, "address": people.AGENCY_ADDRESS}, None, SYSTEM)
        agency = db.session.scalars(select(Agency).where(Agency.code == "2477")).one()
    agency_id = agency.id
    demo_residents.fill(agency_id)
    _timetable(agency_id)
    demo_cases.fill(agency_id)
    demo_families.fill(agency_id, demo_cases.paper())
    demo_books.fill(agency_id)
    demo_visits.fill(agency_id)
    demo_closures.fill(agency_id)
    demo_sessions.fill(agency_id)
    demo_today.fill(agency_id)
    demo_desk.fill(agency_id)  # whoever comes without a booking takes the next number
    demo_imports.fill(agency_id)
    demo_faces.fill(agency_id)


def _timetable(agency_id: str) -> None:
    """Families' visits on site and by telephone, plausible for this agency; what somebody has edited stays."""
    with transaction() as session:
        agency = session.get_one(Agency, agency_id)
        visit_rules_changes.import_all(agency, people.VISIT_RULES.read_text(encoding="utf-8"))
