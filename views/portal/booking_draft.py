"""A booking while it is being put together: kept in the session, so that every step can be gone back to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, time
from typing import Any

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from app.i18n import _l
from app.rules.vocabulary import VisitKind
from app.services.companions import CompanionData
from app.services.visit_rules import SESSION_KINDS

PLACE = "booking"
#: 選擇接見類型 and the manual's four steps, with the page of each.
STEPS = (
    ("portal.booking_kind", _l("選擇接見類型")),
    ("portal.booking_inmate", _l("選擇接見對象")),
    ("portal.booking_companions", _l("選擇其他接見人")),
    ("portal.booking_time", _l("預約時段挑選")),
    ("portal.booking_confirm", _l("確認預約接見資訊")),
)


@dataclass
class BookingDraft:
    """What has been chosen so far.

    ``key`` makes one form one booking however often it is sent; each choice makes a new one, so that a confirmation
    that another tab has overtaken books nothing.
    """

    key: str = ""
    kind: str = ""
    grant_id: str = ""
    companions: list[dict[str, str]] = field(default_factory=list)
    companions_seen: bool = False
    visit_on: str = ""
    arrives: str = ""

    @property
    def by_session(self) -> bool:
        """Whether this kind of visit is booked by session."""
        return self.kind in SESSION_KINDS

    @property
    def is_family(self) -> bool:
        """Whether a relative comes, with relatives."""
        return self.by_session and self.kind != VisitKind.LAWYER_MOBILE

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.visit_on) if self.visit_on else None

    @property
    def at(self) -> time | None:
        return time.fromisoformat(self.arrives) if self.arrives else None

    @property
    def people(self) -> list[CompanionData]:
        """The companions as the service takes them."""
        return people_of(self.companions)

    def keep(self) -> None:
        """Put it into this browser's session."""
        self.key = str(uuid.uuid4())
        session[PLACE] = asdict(self)

    def first_open_step(self) -> str:
        """The first page whose question has not been answered yet."""
        done = (self.kind, self.grant_id, self.companions_seen, self.visit_on and self.arrives)
        for (endpoint, _label), answered in zip(STEPS, done, strict=False):
            if not answered:
                return endpoint
        return STEPS[-1][0]


def people_of(companions: list[dict[str, str]]) -> list[CompanionData]:
    """Companions out of a session."""
    return [CompanionData(**person) for person in companions]


def stored(people: Iterable[CompanionData]) -> list[dict[str, str]]:
    """Companions as a session keeps them."""
    return [asdict(person) for person in people]


def current() -> BookingDraft:
    """The booking of this session, or an empty one with a new key."""
    held: dict[str, Any] | None = session.get(PLACE)
    return BookingDraft(**held) if held else BookingDraft(key=str(uuid.uuid4()))


def forget() -> None:
    """The booking was made, or given up."""
    session.pop(PLACE, None)


def skipped(draft: BookingDraft, endpoint: str) -> Response | None:
    """Back to the first open step for whoever has jumped over it."""
    pages = [page for page, _label in STEPS]
    first = draft.first_open_step()
    return redirect(url_for(first)) if pages.index(first) < pages.index(endpoint) else None
