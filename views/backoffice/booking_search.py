"""Bookings of one person, by name or ID number: asked by POST only, because both are personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _
from app.rules.characters import are_typed
from app.rules.vocabulary import VisitKind
from app.services.desk_visitors import searched_number
from models import Applicant, Companion, Reservation
from models.base import search_digest
from views.backoffice import scope
from views.backoffice.filters import parse_day

MOST_FOUND = 100
#: Without a day the search goes back so far: an index carries it.
LOOKS_BACK = timedelta(days=31)


@dataclass
class Asked:
    """The form as typed, and what is wrong with it by field."""

    name: str = ""
    id_number: str = ""
    since: str = ""
    until: str = ""
    agency: str = ""
    digest: str = ""
    days: tuple[date, date | None] = (date.min, None)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, form: Mapping[str, str]) -> Asked:
        """The form as it came in, read."""
        names = ("name", "id_number", "since", "until", "agency")
        name, id_number, since, until, agency = (form.get(name, "").strip()[:60] for name in names)
        asked = cls(name, id_number, since, until, agency)
        asked._read_person()
        asked._read_days()
        if asked.agency and asked.agency not in {choice.id for choice in scope.agencies()}:
            asked.errors["agency"] = _("查無此機關，或您無權查看。請由清單重新選擇。")
        return asked

    def _read_person(self) -> None:
        if not self.name and not self.id_number:
            self.errors["name"] = _("請輸入接見人姓名或身分證號。")
        if not are_typed(self.name):
            self.errors["name"] = _("「%(label)s」含有無法辨識的字元，請重新輸入。", label=_("接見人姓名"))
        if self.id_number:
            try:
                self.digest = search_digest("id_number", searched_number(self.id_number))
            except RuleError as error:
                self.errors["id_number"] = str(error)

    def _read_days(self) -> None:
        days = {}
        for name in ("since", "until"):
            typed = getattr(self, name)
            days[name] = parse_day(typed) if typed else None
            if typed and days[name] is None:
                label = _("接見日期")
                self.errors[name] = _("「%(label)s」須為存在的日期，例如2026/03/03。請重新輸入。", label=label)
        self.days = days["since"] or clock.today() - LOOKS_BACK, days["until"]


def found(asked: Asked) -> list[Reservation]:
    """Bookings in scope in which the person is visitor or companion, the nearest visits first."""
    first, last = asked.days
    conditions = [
        Reservation.kind == VisitKind.LAWYER_ON_SITE,
        scope.within(Reservation.agency_id),
        Reservation.visit_on >= first,
    ]
    if last:
        conditions.append(Reservation.visit_on <= last)
    if asked.agency:
        conditions.append(Reservation.agency_id == asked.agency)
    if asked.name:
        of_guests = Reservation.companions.any(Companion.name == asked.name)
        conditions.append(or_(Reservation.visitor_name == asked.name, of_guests))
    if asked.digest:
        accounts = select(Applicant.id).where(Applicant.id_number_index == asked.digest)
        conditions.append(
            or_(
                Reservation.visitor_id_number_index == asked.digest,
                Reservation.applicant_id.in_(accounts),
                Reservation.companions.any(Companion.id_number_index == asked.digest),
            )
        )
    query = (
        select(Reservation).where(*conditions).order_by(Reservation.visit_on, Reservation.arrives_at, Reservation.id)
    )
    loads = (Reservation.agency, Reservation.inmate, Reservation.companions)
    return list(db.session.scalars(query.limit(MOST_FOUND).options(*map(selectinload, loads))))
