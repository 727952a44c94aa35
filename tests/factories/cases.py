"""Applications, grants, reservations and messages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from app import clock
from app.rules.family_items import FAMILY_ITEMS
from app.rules.vocabulary import (
    ApplicationState,
    AttachmentKind,
    BookingSource,
    Channel,
    GrantState,
    ReasonScope,
    Relationship,
    ReservationState,
    ServiceItem,
    VisitKind,
)
from app.services import attachments
from models import (
    Applicant,
    ApplicationDraft,
    ApplicationItem,
    Attachment,
    Companion,
    Inmate,
    MessageTemplate,
    Notification,
    RejectionReason,
    Reservation,
    ServiceApplication,
    ServiceGrant,
    new_id,
)
from tests.factories.files import Upload
from tests.factories.people import applicant, inmate
from tests.factories.rows import counter, id_number, joined, made


def _subject(by: Applicant | None, about: Inmate | None) -> dict[str, Any]:
    by, about = by or applicant(), about or inmate()
    return {"applicant_id": by.id, "inmate_id": about.id, "agency_id": about.agency_id}


def draft(by: Applicant | None = None, about: Inmate | None = None, **columns: Any) -> ApplicationDraft:
    """A half-filled application."""
    until = clock.now() + timedelta(days=7)
    return made(ApplicationDraft, columns, **_subject(by, about), item=ServiceItem.LAWYER_VISIT, expires_at=until)


def application(by: Applicant | None = None, about: Inmate | None = None, **columns: Any) -> ServiceApplication:
    """服務項目申請, waiting for review; with ``state`` another one, decided as that state needs it."""
    now = clock.now()
    state = columns.get("state", ApplicationState.PENDING)
    decided = state in (ApplicationState.APPROVED, ApplicationState.PARTLY_APPROVED, ApplicationState.REJECTED)
    return made(
        ServiceApplication,
        columns,
        **_subject(by, about),
        item=ServiceItem.LAWYER_VISIT,
        relation=Relationship.LAWYER,
        certificate_number="臺檢證字第1234號",
        submitted_at=now,
        applied_on=clock.today(),
        decided_at=now if decided else None,
        idempotency_key=new_id(),
    )


def family_application(
    by: Applicant | None = None,
    about: Inmate | None = None,
    items: tuple[ServiceItem, ...] = FAMILY_ITEMS,
    **columns: Any,
) -> ServiceApplication:
    """服務項目申請 of a relative, for these items; with ``state`` all of them are decided so."""
    relative = {"item": ServiceItem.FAMILY, "relation": Relationship.PARENT, "certificate_number": None}
    sent = application(by, about, **{**relative, **columns})
    with joined() as session:
        session.add_all(ApplicationItem(application_id=sent.id, item=item, state=sent.state) for item in items)
    return sent


def attachment(of: ServiceApplication | ApplicationDraft, paper: Upload | None = None, **columns: Any) -> Attachment:
    """附件 of an application or a draft: ``paper`` (of ``files``) goes into the store, without one there is no file."""
    owner = "draft_id" if isinstance(of, ApplicationDraft) else "application_id"
    if paper is not None:
        with joined() as session:
            kind = columns.get("kind", AttachmentKind.IDENTITY)
            return attachments.keep(session, {owner: of.id}, kind, attachments.clean(*paper))
    return made(
        Attachment,
        columns,
        **{owner: of.id},
        kind=AttachmentKind.IDENTITY,
        file_name="律師證.pdf",
        media_type="application/pdf",
        size_bytes=1024,
        storage_key=new_id().replace("-", ""),
        created_at=clock.now(),
    )


def grant(of: ServiceApplication | None = None, **columns: Any) -> ServiceGrant:
    """取得之服務項目 from an approved application, for a year from today."""
    of = of or application(state=ApplicationState.APPROVED)
    return made(
        ServiceGrant,
        columns,
        applicant_id=of.applicant_id,
        agency_id=of.agency_id,
        inmate_id=of.inmate_id,
        application_id=of.id,
        item=of.item,
        relation=of.relation,
        state=GrantState.ACTIVE,
        from_on=clock.today(),
        until_on=clock.today() + timedelta(days=365),
    )


def granted(by: Applicant | None = None, about: Inmate | None = None, **columns: Any) -> ServiceGrant:
    """A lawyer who may visit an inmate: approved application and grant in one."""
    return grant(application(by, about, state=ApplicationState.APPROVED), **columns)


def reservation(of: ServiceGrant | None = None, arrives_at: datetime | None = None, **columns: Any) -> Reservation:
    """預約 of a lawyer's visit on site, tomorrow at 09:30 where no arrival is given, waiting for review."""
    of = of or granted()
    arrives = arrives_at or clock.at(clock.today() + timedelta(days=1), time(9, 30))
    state = columns.get("state", ReservationState.PENDING)
    undecided = (ReservationState.PENDING, ReservationState.LAPSED, ReservationState.CANCELLED)
    return made(
        Reservation,
        columns,
        number=f"R{next(counter):08}",
        kind=VisitKind.LAWYER_ON_SITE,
        source=BookingSource.ONLINE,
        agency_id=of.agency_id,
        inmate_id=of.inmate_id,
        applicant_id=of.applicant_id,
        grant_id=of.id,
        visitor_name="陳律師",
        visitor_relation=of.relation,
        visit_on=clock.local(arrives).date(),
        arrives_at=arrives,
        requested_on=clock.today(),
        state=state,
        decided_at=None if state in undecided else clock.now(),
        idempotency_key=new_id(),
    )


def companion(of: Reservation, **columns: Any) -> Companion:
    """其他接見人."""
    return made(
        Companion,
        columns,
        reservation_id=of.id,
        position=1,
        name="林學律",
        relation=Relationship.TRAINEE_LAWYER,
        id_number=id_number(),
    )


def rejection_reason(scope: ReasonScope = ReasonScope.APPLICATION, **columns: Any) -> RejectionReason:
    """不通過原因."""
    number = next(counter)
    return made(
        RejectionReason,
        columns,
        scope=scope,
        position=number,
        text=f"文件不清晰{number}",
        text_en=f"Unclear {number}",
    )


def message_template(event: str, **columns: Any) -> MessageTemplate:
    """通知範本 in Chinese."""
    return made(
        MessageTemplate,
        columns,
        event=event,
        channel=Channel.MAIL,
        locale="zh_Hant_TW",
        subject=f"主旨{event}",
        body=f"內文{event}",
    )


def notification(to: Applicant | None = None, **columns: Any) -> Notification:
    """A queued mail to an applicant."""
    to, now = to or applicant(), clock.now()
    return made(
        Notification,
        columns,
        dedupe_key=new_id(),
        event="application_approved",
        channel=Channel.MAIL,
        applicant_id=to.id,
        subject_kind="applicant",
        subject_id=to.id,
        recipient=to.mail,
        subject="審核結果通知",
        body="您的申請已審核通過。",
        queued_at=now,
        due_at=now,
    )
