"""Where the lawyer's story takes place, and who is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from sqlalchemy import select

from app.extensions import db
from models import Agency
from tests import factories
from tests.browser.live import LiveServer, MailSink
from tests.browser.person import Applicant, Staff

AGENCY, NUMBER, INMATE, LAWYER = "桃園女子監獄", "0609", "黃小萍", "陳𠮷豪"
MASKED_INMATE, MASKED_LAWYER = "黃○○", "陳○○"


@dataclass
class Story:
    """Where it takes place, and who is in it."""

    live: LiveServer
    sink: MailSink
    mail: str
    lawyer: Applicant
    officer: Staff
    desk: Staff
    auditor: Staff

    @classmethod
    def begins(cls, live: LiveServer, sink: MailSink, new_page: Callable[..., Page]) -> Story:
        """Put the inmate and the staff into the agency; nobody has heard of the lawyer yet."""
        with live.app.app_context():
            agency = db.session.scalars(select(Agency).where(Agency.name == AGENCY)).one()
            factories.inmate(agency, number=NUMBER, name=INMATE, sex="F")
            factories.officer(agency, username="officer")
            factories.desk(agency, username="desk", last_name="林", first_name="美玲")
            factories.auditor(username="auditor", last_name="張", first_name="稽核")
        staff = [Staff(live, new_page(), name) for name in ("officer", "desk", "auditor")]
        dialect = live.environment["DATABASE_URL"].partition(":")[0]
        return cls(live, sink, f"chen.{dialect}@example.com", Applicant(live, new_page(), "lawyer"), *staff)
