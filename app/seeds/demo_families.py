"""The demonstration's relatives: one whose items are all granted, one whose application waits."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.family_items import FAMILY_ITEMS
from app.rules.vocabulary import AccountState, AttachmentKind, IdentityKind, Relationship, Verdict
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import application_review, applications, drafts, family_drafts
from app.services.item_verdicts import ItemVerdict
from app.transaction import transaction
from models import Applicant, Officer, ServiceApplication
from models.base import search_digest

_PAPERS = (AttachmentKind.IDENTITY, AttachmentKind.KINSHIP, AttachmentKind.PORTRAIT)


def fill(agency_id: str, paper: bytes) -> None:
    """Make the relatives and their applications, where they are not there yet; ``paper`` stands for their papers."""
    for place, (name, mail, relation, number, days_ago, is_approved) in enumerate(people.RELATIVES):
        person_id = _relative(place, name, mail)
        sent = select(ServiceApplication.id).where(ServiceApplication.applicant_id == person_id).limit(1)
        if db.session.scalar(sent) is None:
            actor = Actor("applicant", person_id, name)
            applied = clock.now() - timedelta(days=days_ago)
            with clock.frozen(applied):
                application_id = _applies(person_id, agency_id, number, relation, paper, actor)
            if is_approved:
                with clock.frozen(applied + timedelta(hours=5)):
                    _approve(application_id)


def _relative(place: int, name: str, mail: str) -> str:
    """The account, made on the first day."""
    with transaction() as session:
        known = session.scalar(select(Applicant.id).where(Applicant.mail_index == search_digest("mail", mail)))
        if known is not None:
            return known
        person = Applicant(
            name=name,
            id_kind=IdentityKind.NATIONAL_ID,
            id_number=people.identity_number(f"2{place + 500:07d}"),
            birth_date=date(1958, 6, 1) + timedelta(days=700 * place),
            mail=mail,
            mail_verified_at=clock.now(),
            mobile=f"09130000{place:02d}",
            address="桃園市龜山區文化一路1號",
            occupation="家管",
            password_hash=demo_residents.password_hash(),
            state=AccountState.ACTIVE,
        )
        session.add(person)
        session.flush()
        return person.id


def _applies(person_id: str, agency_id: str, number: str, relation: Relationship, paper: bytes, actor: Actor) -> str:
    draft_id = family_drafts.start(person_id, agency_id, number, relation.value, actor)
    family_drafts.save(person_id, draft_id, relation=relation.value, items=[item.value for item in FAMILY_ITEMS])
    for kind in _PAPERS:
        content = face() if kind is AttachmentKind.PORTRAIT else paper
        drafts.add_paper(person_id, draft_id, kind, f"{kind.label}.jpg", content)
    return applications.submit(person_id, draft_id, actor)


def _approve(application_id: str) -> None:
    officer = db.session.scalars(select(Officer).where(Officer.username == people.STAFF[0][0])).one()
    who = Actor("staff", str(officer.id), officer.full_name)
    verdicts = tuple(ItemVerdict(item.value, Verdict.APPROVE.value) for item in FAMILY_ITEMS)
    application_review.review(application_id, application_review.Decision(items=verdicts), officer.id, who)


@functools.cache
def face() -> bytes:
    """A drawn face in the place of a photograph."""
    sheet = Image.new("RGB", (600, 800), (226, 232, 238))
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((180, 160, 420, 460), fill=(238, 208, 180))
    pen.chord((170, 130, 430, 400), 180, 360, fill=(60, 50, 45))
    for left in (235, 335):
        pen.ellipse((left, 300, left + 30, 320), fill=(40, 40, 40))
    pen.arc((250, 340, 350, 410), 20, 160, fill=(150, 60, 60), width=6)
    pen.pieslice((80, 480, 520, 1000), 180, 360, fill=(70, 90, 120))
    pen.text((20, 20), "DEMO", fill=(160, 0, 0), font_size=50)
    kept = BytesIO()
    sheet.save(kept, "JPEG", quality=85)
    return kept.getvalue()
