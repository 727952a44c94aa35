"""已核准服務項目: what an officer does with a grant after its approval; each act tells the holder in one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import IllegalMove, RuleError, Stale
from app.i18n import _l
from app.rules import grants as rules
from app.rules import masking
from app.rules.dates import list_date
from app.rules.vocabulary import ApplicationState, Attention, ReasonScope
from app.security import Actor
from app.services import audit, notifications, reasons
from app.services.grant_bookings import carried_by, flag
from app.transaction import locked, transaction
from models import Reservation, ServiceApplication, ServiceGrant


class StopReasonMissing(RuleError):
    """Suspending and revoking need a reason from the list."""

    sentence = _l("請由清單選擇原因。")


class WhyMissing(RuleError):
    """An act that changes somebody's rights says why."""

    sentence = _l("請填寫說明，申請人將於通知信件中看到。")


class GrantEnded(RuleError):
    """A grant past its end is not opened again: the papers have to be seen."""

    sentence = _l("此服務項目已於%(until)s到期，無法再變更。請申請人重新申請。")
    status = 409


class DecisionUndone(RuleError):
    """The approval that made this grant has been undone: only a new approval can open it again."""

    sentence = _l("此服務項目所依據之申請，其審核結果已撤銷（目前為「%(state)s」）。請至該申請案件重新審核。")
    status = 409


class EndNotLater(RuleError):
    """The new end lies behind us, or is the old one."""

    sentence = _l("有效期限須為今日以後之日期，且與原期限不同，請重新選擇。")


class BookingsBeyondEnd(RuleError):
    """Bookings would lose their grant by an earlier end."""

    sentence = _l(
        "變更後將有%(n)s件已預約之接見落在有效期限之後。請先處理這些預約；如須立即停止，請改用「暫停使用」或「廢止」。"
    )
    status = 409


@dataclass(frozen=True)
class Because:
    """Why an officer changes a grant; ``version`` is the one that the officer had opened."""

    version: int
    reason: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """What was typed, as it is kept."""
        return self.note.strip()[:500]


def suspend(grant_id: str, because: Because, actor: Actor) -> int:
    """暫停使用; returns how many reservations now need attention.

    Raises :class:`StopReasonMissing`, ``IllegalMove``, ``Stale``, ``NotFound``.
    """
    return _stop(grant_id, "suspend", Attention.GRANT_SUSPENDED, because, actor)


def revoke(grant_id: str, because: Because, actor: Actor) -> int:
    """廢止, e.g. 解除委任; returns and raises what :func:`suspend` does."""
    return _stop(grant_id, "revoke", Attention.GRANT_REVOKED, because, actor)


def resume(grant_id: str, because: Because, actor: Actor) -> int:
    """恢復使用 after a suspension; returns how many reservations are in order again.

    Raises :class:`WhyMissing`, :class:`GrantEnded`, ``IllegalMove``, ``Stale``, ``NotFound``.
    """
    return _go_on(grant_id, "resume", because, actor)


def reinstate(grant_id: str, because: Because, actor: Actor) -> int:
    """撤銷廢止: a wrong revocation is undone; as :func:`resume`, and raises :class:`DecisionUndone`."""
    return _go_on(grant_id, "reinstate", because, actor)


def confirm(grant_id: str, because: Because, actor: Actor) -> int:
    """確認 a grant that is 待確認 after a move of the inmate; as :func:`resume`."""
    return _go_on(grant_id, "confirm", because, actor)


def change_end(grant_id: str, until_on: date | None, because: Because, actor: Actor) -> None:
    """變更有效期限.

    Raises :class:`EndNotLater`, :class:`BookingsBeyondEnd`, :class:`WhyMissing`, :class:`GrantEnded`, ``IllegalMove``
    for a revoked grant, ``Stale``, ``NotFound``.
    """
    with transaction() as session:
        grant = _opened(session, grant_id, because)
        if grant.state not in rules.RUNNING:
            raise IllegalMove(state=grant.state.label)
        _refuse_ended(grant)
        if not because.words:
            raise WhyMissing("note")
        today, before = clock.today(), grant.until_on
        if until_on is None or until_on < max(today, grant.from_on) or until_on == before:
            raise EndNotLater("until_on")
        stranded = session.scalar(select(func.count()).where(*carried_by(grant), Reservation.visit_on > until_on))
        if stranded:
            raise BookingsBeyondEnd("until_on", n=stranded)
        grant.until_on, grant.warned_days = until_on, rules.told(until_on, today)
        session.flush()
        kept = f"{list_date(before)}→{list_date(until_on)}：{because.words}"
        audit.moved(session, grant, "change_end", grant.state, actor, reason=kept)
        tell(session, grant, "grant_end_changed", reason=because.words, before=list_date(before))


def tell(session: Session, grant: ServiceGrant, event: str, **values: Any) -> None:
    """Queue the message about a change of a grant."""
    notifications.enqueue(
        session,
        event,
        grant.applicant,
        grant,
        version=grant.version,
        agency=grant.agency,
        values={
            "agency": grant.agency.name,
            "inmate": masking.name_middle(grant.inmate.name),
            "item": grant.item.label,
            "until": list_date(grant.until_on),
            **values,
        },
    )


def _stop(grant_id: str, move: str, attention: Attention, because: Because, actor: Actor) -> int:
    with transaction() as session:
        grant = _opened(session, grant_id, because)
        before = grant.move(move)
        if because.reason not in {reason.text for reason in reasons.offered(ReasonScope.GRANT)}:
            raise StopReasonMissing("reason")
        grant.reason, grant.reason_note = because.reason, because.words or None
        session.flush()
        kept = "：".join(filter(None, (because.reason, because.words)))
        audit.moved(session, grant, move, before, actor, reason=kept)
        reason = reasons.shown(because.reason, because.words, grant.applicant.locale)
        tell(session, grant, {"suspend": "grant_suspended", "revoke": "grant_revoked"}[move], reason=reason)
        return flag(session, grant, attention)


def _go_on(grant_id: str, move: str, because: Because, actor: Actor) -> int:
    with transaction() as session:
        grant = _opened(session, grant_id, because)
        before = grant.move(move)
        application = session.get_one(ServiceApplication, grant.application_id)
        if application.state not in (ApplicationState.APPROVED, ApplicationState.PARTLY_APPROVED):
            raise DecisionUndone(state=application.state.label)
        _refuse_ended(grant)
        if not because.words:
            raise WhyMissing("note")
        grant.reason = grant.reason_note = None
        session.flush()
        audit.moved(session, grant, move, before, actor, reason=because.words)
        events = {"resume": "grant_resumed", "reinstate": "grant_reinstated", "confirm": "grant_confirmed"}
        tell(session, grant, events[move], reason=because.words)
        return flag(session, grant, None)


def _opened(session: Session, grant_id: str, because: Because) -> ServiceGrant:
    grant = locked(session, ServiceGrant, grant_id)
    if grant.version != because.version:
        raise Stale()
    return grant


def _refuse_ended(grant: ServiceGrant) -> None:
    if grant.until_on < clock.today():
        raise GrantEnded(until=list_date(grant.until_on))
