"""Reference data: agencies, parameters, working days, reasons, texts, the privacy notice, roles. Safe to run twice:
what is there is never overwritten."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.rules.calendar import official_days
from app.rules.office_vocabulary import NoticeKind
from app.rules.vocabulary import Channel, ReasonScope
from app.services import parameters, staff, visit_rules_changes
from app.transaction import transaction
from models import Agency, CalendarDay, MessageTemplate, Notice, PrivacyNotice, RejectionReason

DATA = Path(__file__).parent / "data"
#: The notice's first version; headquarters publishes later ones.
NOTICE_TITLE = "法務部矯正署「便民服務入口網」個人資料蒐集告知聲明"
NOTICE_TITLE_EN = "Public Services Portal, Agency of Corrections: notice on the collection of personal data"


def seed() -> None:
    """Put in what is missing."""
    staff.ensure_roles()
    with transaction() as session:
        agencies(session)
        calendar(session)
        reasons(session)
        texts(session)
        notice(session)
        notices(session)
        visit_rules(session)


def agencies(session: Session) -> None:
    """The agencies with their hosts (which stand together: our statement, to be confirmed) and their parameters."""
    known: dict[str | None, Agency] = {}
    for agency in session.scalars(select(Agency)):  # headquarters may have corrected a name or a code
        known.update(dict.fromkeys((agency.name, agency.full_name, agency.code), agency))
    with (DATA / "agencies.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        there = known.get(row["name"]) or known.get(row["full_name"]) or known.get(row["code"] or "?")
        if there is not None:
            known[row["name"]] = there
        else:
            agency = Agency(
                code=row["code"] or None,
                name=row["name"],
                full_name=row["full_name"],
                kind=row["kind"],
                region=row["region"] or None,
                county=row["county"] or None,
            )
            session.add(agency)
            known[agency.name] = agency
    session.flush()
    for row in rows:
        agency = known[row["name"]]
        if row["host"] and agency.host_id is None and agency.version == 1:
            agency.host_id = known[row["host"]].id
        parameters.fill_in(session, agency.id)


def calendar(session: Session) -> None:
    """This year, the year before and the next: the deadline of a January day lies in December."""
    known = {day.year for day in session.scalars(select(CalendarDay.day))}
    this_year = clock.today().year
    for year in {this_year - 1, this_year, this_year + 1} - known:  # a day that headquarters took out stays out
        for day, info in official_days(year).items():
            session.add(CalendarDay(day=day, is_working=info.is_working, name=str(info.name)))


def reasons(session: Session) -> None:
    """不通過原因 (WORDING §5)."""
    known = {(r.scope.value, r.text) for r in session.scalars(select(RejectionReason))}
    for scope, listed in _yaml("rejection_reasons.yaml").items():
        for position, (text, english) in enumerate(listed):
            if (scope, text) not in known:
                session.add(RejectionReason(scope=ReasonScope(scope), position=position, text=text, text_en=english))


def texts(session: Session) -> None:
    """通知範本 (WORDING §7, §10): what is missing is added, what headquarters has edited stays."""
    known = {(t.event, t.channel, t.locale) for t in session.scalars(select(MessageTemplate))}
    mails = _yaml("message_texts.yaml")
    short = {
        event: {locale: {"body": body} for locale, body in one.items()}
        for event, one in _yaml("sms_texts.yaml").items()
    }
    for channel, listed in ((Channel.MAIL, mails), (Channel.SMS, short)):
        for event, languages in listed.items():
            for locale, text in languages.items():
                if (event, channel, locale) not in known:
                    session.add(MessageTemplate(event=event, channel=channel, locale=locale, **text))


def visit_rules(session: Session) -> None:
    """What single agencies have published about visits by session, where they have decided nothing here yet."""
    for file in sorted((DATA / "visit_rules").glob("*.yaml")):
        agency = session.scalar(select(Agency).where(Agency.name == file.stem))
        if agency is not None:
            visit_rules_changes.import_all(agency, file.read_text(encoding="utf-8"))


def notices(session: Session) -> None:
    """What the portal tells everybody to begin with; from then on headquarters' and the agencies' own."""
    if session.scalar(select(Notice.id).limit(1)) is None:
        for kind, listed in _yaml("notices.yaml").items():
            for text in listed:
                session.add(Notice(kind=NoticeKind(kind), published_on=clock.today(), **text))


def notice(session: Session) -> None:
    """The first version of the privacy notice (manual, with the point 3 that its copy lacks)."""
    if session.scalar(select(PrivacyNotice.id).limit(1)) is None:
        body, body_en = ((DATA / f"privacy_notice{end}.txt").read_text(encoding="utf-8") for end in ("", "_en"))
        words = {"title": NOTICE_TITLE, "body": body, "title_en": NOTICE_TITLE_EN, "body_en": body_en}
        session.add(PrivacyNotice(number=1, published_at=clock.now(), **words))


def _yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
