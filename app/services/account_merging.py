"""合併帳號: two accounts of one person become one; headquarters only, and never undone.

Locks go applications, applicants, bookings, grants, holds, sessions: whoever books at the same moment is either done
before and moves along, or finds the grant another account's. Drafts are not moved: they lapse by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.extensions import db
from app.i18n import _l
from app.rules import masking
from app.rules.dates import Shown, log_time, sentence_time
from app.rules.merging_refusals import (
    BothArrive,
    BothPending,
    BoundTheOtherWay,
    CannotMerge,
    Clash,
    NumbersDiffer,
    SameAccount,
)
from app.rules.vocabulary import AccountState, ApplicationState, ReservationState
from app.security import Actor
from app.services import (
    audit,
    known_owners,
    notifications,
    one_time_links,
    place_holds,
    second_factor,
    sessions,
)
from app.services.person_locks import clean_reason, keep_move
from app.services.persons import Look
from app.transaction import transaction
from models import (
    AgencyBookReading,
    Applicant,
    ApplicationDraft,
    Consent,
    FamilyBookEntry,
    Notification,
    Reservation,
    ServiceApplication,
    ServiceGrant,
    SessionKind,
)

#: What moves, under the word that the preview uses.
MOVED: tuple[tuple[str, Any, Any], ...] = (
    ("applications", _l("服務項目申請"), ServiceApplication),
    ("grants", _l("已核准服務項目"), ServiceGrant),
    ("bookings", _l("預約接見"), Reservation),
    ("entries", _l("家庭聯絡簿"), FamilyBookEntry),
    ("messages", _l("簡訊電子郵件紀錄"), Notification),
    ("consents", _l("個資聲明同意紀錄"), Consent),
)
#: What is locked, in this order, by whose column.
_LOCKED: tuple[tuple[Any, Any], ...] = (
    (ServiceApplication, ServiceApplication.applicant_id),
    (Applicant, Applicant.id),
    (ApplicationDraft, ApplicationDraft.applicant_id),
    (ServiceGrant, ServiceGrant.applicant_id),
    (Reservation, Reservation.applicant_id),
    (FamilyBookEntry, FamilyBookEntry.applicant_id),
)
_LIVE = (ReservationState.PENDING, ReservationState.APPROVED)


@dataclass(frozen=True)
class Preview:
    """What would move, and the mark of what was seen."""

    gone: Applicant
    kept: Applicant
    counts: tuple[tuple[Any, int], ...]
    refusal: RuleError | None
    numbers_differ: bool
    mark: str


def preview(gone_id: str, kept_id: str) -> Preview:
    """What merging ``gone`` into ``kept`` would do; raises ``NotFound``, :class:`SameAccount`."""
    session = db.session()
    gone, kept = _two(session, gone_id, kept_id)
    differ = gone.id_number != kept.id_number
    counts = _counts(session, gone.id)
    refusal = _refusal(session, gone, kept, says_same=True)
    shown = tuple((label, counts[name]) for name, label, _model in MOVED)
    return Preview(gone, kept, shown, refusal, differ, _mark(gone, kept, counts))


def merge(
    gone_id: str, kept_id: str, reason: str, says_same: bool, mark: str, look: Look, actor: Actor
) -> dict[str, int]:
    """Merge ``gone`` into ``kept`` and return how much was moved; the account that is gone is 已停用 for good.

    ``mark`` is the preview's. Raises the errors above, ``ReasonMissing``, ``Stale``, ``NotFound``.
    """
    clean = clean_reason(reason)
    try:
        with transaction() as session:
            gone, kept = _locked(session, gone_id, kept_id)
            counts = _counts(session, gone.id)
            if mark != _mark(gone, kept, counts):
                raise Stale()
            refused = _refusal(session, gone, kept, says_same)
            if refused is not None:
                raise refused
            moved, before = _move_all(session, gone.id, kept.id), gone.state
            _close(session, gone, kept)
            keep_move(session, gone, "merge", before, clean, look, actor)
            facts = {"from": gone.id, **moved, "reason": clean}
            audit.record(session, "applicant.merged", actor, kept, facts=facts)
            _tell(session, gone, kept)
            return moved
    except IntegrityError as error:
        raise Clash() from error


def _two(session: Session, gone_id: str, kept_id: str) -> tuple[Applicant, Applicant]:
    if gone_id == kept_id:
        raise SameAccount("kept")
    gone, kept = session.get(Applicant, gone_id), session.get(Applicant, kept_id)
    if gone is None or kept is None or gone.erased_at or kept.erased_at:
        raise NotFound()
    return gone, kept


def _locked(session: Session, gone_id: str, kept_id: str) -> tuple[Applicant, Applicant]:
    ids = sorted((gone_id, kept_id))
    for model, column in _LOCKED:
        # Rows that only point to these are not kept waiting (``FOR NO KEY UPDATE``): their writers hold other rows.
        rows = select(model.id).where(column.in_(ids)).order_by(model.id)
        session.execute(rows.with_for_update(key_share=True)).all()
    session.expire_all()
    return _two(session, gone_id, kept_id)


def _counts(session: Session, applicant_id: str) -> dict[str, int]:
    return {
        name: int(session.scalar(select(func.count()).where(model.applicant_id == applicant_id)) or 0)
        for name, _label, model in MOVED
    }


def _mark(gone: Applicant, kept: Applicant, counts: dict[str, int]) -> str:
    # Messages come by themselves: one more of them changes nothing about the decision.
    numbers = [str(n) for name, n in counts.items() if name != "messages"]
    return ".".join((gone.id, kept.id, str(gone.version), str(kept.version), *numbers))


def _refusal(session: Session, gone: Applicant, kept: Applicant, says_same: bool) -> RuleError | None:
    open_states = (AccountState.ACTIVE, AccountState.LOCKED, AccountState.UNVERIFIED)
    if gone.state not in open_states or kept.state is not AccountState.ACTIVE:
        return CannotMerge()
    if gone.id_number != kept.id_number:
        if not says_same:
            return NumbersDiffer("says_same")
        if gone.id_bound_at is not None and kept.id_bound_at is None:
            return BoundTheOtherWay()
    return _both_pending(session, gone.id, kept.id) or _both_arrive(session, gone.id, kept.id)


def _both_pending(session: Session, gone_id: str, kept_id: str) -> RuleError | None:
    other = aliased(ServiceApplication)
    found = session.scalar(
        select(ServiceApplication)
        .join(other, (other.inmate_id == ServiceApplication.inmate_id) & (other.item == ServiceApplication.item))
        .where(ServiceApplication.applicant_id == gone_id, ServiceApplication.state == ApplicationState.PENDING)
        .where(other.applicant_id == kept_id, other.state == ApplicationState.PENDING)
        .limit(1)
    )
    return BothPending(inmate=_inmate(found), item=found.item.label) if found is not None else None


def _both_arrive(session: Session, gone_id: str, kept_id: str) -> RuleError | None:
    other = aliased(Reservation)
    found = session.scalar(
        select(Reservation)
        .join(other, (other.inmate_id == Reservation.inmate_id) & (other.arrives_at == Reservation.arrives_at))
        .where(Reservation.applicant_id == gone_id, Reservation.state.in_(_LIVE))
        .where(other.applicant_id == kept_id, other.state.in_(_LIVE))
        .limit(1)
    )
    return BothArrive(inmate=_inmate(found), time=Shown(found.arrives_local, log_time)) if found is not None else None


def _inmate(row: Any) -> str:
    return f"{row.agency.name}{row.inmate.number}{masking.name_circle(row.inmate.name)}"


def _move_all(session: Session, gone_id: str, kept_id: str) -> dict[str, int]:
    """Every row of the one becomes the other's; what a unique index allows once is dropped where both have it."""
    place_holds.release_own(session, gone_id)
    read = select(AgencyBookReading.entry_id).where(AgencyBookReading.applicant_id == kept_id)
    twice = (AgencyBookReading.applicant_id == gone_id) & AgencyBookReading.entry_id.in_(read)
    session.execute(delete(AgencyBookReading).where(twice).execution_options(synchronize_session=False))
    over = update(ApplicationDraft).where(ApplicationDraft.applicant_id == gone_id).values(expires_at=clock.now())
    session.execute(over.execution_options(synchronize_session=False))
    moved = {}
    for name, model in (*((name, model) for name, _label, model in MOVED), ("readings", AgencyBookReading)):
        mine = update(model).where(model.applicant_id == gone_id).values(applicant_id=kept_id)
        done = session.execute(mine.execution_options(synchronize_session=False))
        moved[name] = int(done.rowcount)  # type: ignore[attr-defined]
    return moved


def _close(session: Session, gone: Applicant, kept: Applicant) -> None:
    """The merged account opens no door, and what it had bound or verified is free for the other one."""
    sessions.end_all(session, SessionKind.APPLICANT, gone.id)
    one_time_links.withdraw(session, gone.id)
    second_factor.remove(session, SessionKind.APPLICANT, gone.id)
    bound_at = gone.id_bound_at if gone.id_number == kept.id_number else None
    gone.state, gone.merged_into_id, gone.id_bound_at, gone.prefers_sms = AccountState.DISABLED, kept.id, None, False
    session.flush()
    kept.id_bound_at = kept.id_bound_at or bound_at
    kept.updated_at = clock.now()
    session.flush()


def _tell(session: Session, gone: Applicant, kept: Applicant) -> None:
    values = {
        "mail": masking.mail(kept.mail),
        "time": Shown(clock.local(clock.now()), sentence_time),
    }
    for person in (gone, kept):
        if person.mail_verified_at is not None:
            notifications.enqueue(
                session, "account_merged", person, person, version=known_owners.serial(), values=values
            )
    gone.mail_verified_at = gone.mobile_verified_at = None
    session.flush()
