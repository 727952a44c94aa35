"""What CJALF223F shows of a booking: columns of its list, blocks of its page, the acts that its state allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from markupsafe import Markup
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.i18n import _, _l
from app.rules.dates import booking_date, log_time
from app.rules.vocabulary import ReservationState
from app.services import notifications, walk_in_undo
from app.services.state_moves import Moved
from models import Reservation
from models.reservation import RESERVATION_MOVES
from views.backoffice import booking_hints
from views.backoffice.case_facts import NONE, Facts, locale, moment, move_reason
from views.backoffice.desk_acts import MARKS

_MOVES: dict[str, Any] = {
    "approve": _l("審核通過"),
    "reject": _l("審核未通過"),
    "cancel": _l("取消預約"),
    "change": _l("變更預約"),
    "lapse": _l("逾期未審核"),
    "close": _l("停止辦理，待改期"),
    "choose": _l("改選時間"),
    "reopen": _l("恢復辦理，預約回復有效"),
    "reopen_unreviewed": _l("恢復辦理，預約回復待審核"),
    "check_in": _l("已報到"),
    "start": _l("開始接見"),
    "finish": _l("接見完成"),
    "undo": _l("復原上一步"),
    "undo_unarrived": _l("復原上一步"),
    "undo_entry": _l("取消現場登記"),
    **{name: label for name, label in MARKS.items()},
}


@dataclass(frozen=True)
class Act:
    """A button on the page of a booking."""

    label: Any
    endpoint: str
    values: dict[str, str]
    is_main: bool = False


def session() -> Session:
    """The session of this request."""
    return cast(Session, db.session())


def arrival(row: Reservation) -> Markup:
    """Day and time."""
    return Markup("{} <strong>{:%H:%M}</strong>").format(booking_date(row.visit_on, locale()), row.arrives_local)


def visitor(row: Reservation) -> Markup:
    """Name and capacity."""
    capacity = _("（%(capacity)s）", capacity=row.visitor_relation.label)
    return Markup('{}<span class="dk-whole">{}</span>').format(row.visitor_name, capacity)


def guest_names(row: Reservation) -> str:
    """Companions with their capacity."""
    return _("、").join(_("%(name)s（%(capacity)s）", name=c.name, capacity=c.relation.label) for c in row.companions)


def state_badge(row: Reservation) -> Markup:
    """The state in words, and the flag that somebody has to look at."""
    badge = Markup('<span class="ab-state ab-state-{}">{}</span>').format(row.state.value, row.state_label)
    if row.attention is None:
        return badge
    return Markup('<span>{} <span class="dk-tag">{}</span></span>').format(badge, row.attention.label)


def blocks(row: Reservation) -> list[tuple[str, Facts]]:
    """The page of a booking, block by block, nothing masked."""
    day = f"{booking_date(row.visit_on, locale())} {row.arrives_local:%H:%M}"
    booking: Facts = [
        (_("預約編號"), row.number),
        (_("接見機關"), row.agency.name),
        (_("接見日期及預計到達"), day),
        (_("收容人"), f"{row.inmate.number}{row.inmate.name}"),
        (_("場舍"), row.inmate.unit or NONE),
        (_("預約方式"), str(row.source.label)),
        (_("申請時間"), moment(row.created_at)),
    ]
    if row.entered_by:
        booking.append((_("登記人員"), row.entered_by.full_name))
    if row.exception_reason:
        booking.append((_("例外理由"), row.exception_reason))
    if row.checked_in_at:
        booking.append((_("報到時間"), moment(row.checked_in_at)))
    if row.queue_number:
        booking.append((_("候見號碼"), str(row.queue_number)))
    if row.rejection_reason:
        label = _("取消原因") if row.state == ReservationState.CANCELLED else _("不通過原因")
        booking.append((label, "：".join(filter(None, (row.rejection_reason, row.rejection_note)))))
    return [(_("預約資料"), booking), (_("接見人"), visitor_facts(row))]


def visitor_facts(row: Reservation) -> Facts:
    """Who comes: name, relation, account, certificate, ID number, telephone, grant."""
    account = row.applicant
    facts: Facts = [(_("姓名"), row.visitor_name), (_("身分"), str(row.visitor_relation.label))]
    if account is not None:
        facts.append((_("帳號"), _("有（%(name)s），通知寄至其帳號", name=account.name)))
    else:
        facts.append((_("帳號"), _("無，請以電話告知")))
    if row.visitor_relation.is_lawyers:
        facts.append((_("律師證書字號"), row.visitor_certificate or NONE))
    facts += [
        (_("身分證號"), row.visitor_id_number or (account.id_number if account else None) or NONE),
        (_("電話"), row.visitor_phone or (account.mobile if account else None) or NONE),
    ]
    grant = row.grant
    if grant is None:
        facts.append((_("服務項目"), _("無服務項目")))
    else:
        word = _("當日有效") if grant.holds_on(row.visit_on) else _("服務項目當日無效")
        facts.append((_("服務項目"), _("%(state)s（%(when)s）", state=grant.state.label, when=word)))
    record = row.visit_record
    if record:
        facts += [
            (_("職業"), record["occupation"]),
            (_("年齡"), str(record["age"])),
            (_("住居所"), record["address"]),
        ]
    return facts


def guests(row: Reservation) -> list[tuple[str, str, str, str, str]]:
    """Companions: name, capacity, ID number, paper, grant."""
    return [
        (
            c.name,
            str(c.relation.label),
            c.id_number,
            c.paper or NONE,
            _("已核准服務項目") if c.grant and c.grant.holds_on(row.visit_on) else _("無服務項目"),
        )
        for c in row.companions
    ]


def remarks(row: Reservation) -> list[str]:
    """備註 for officers."""
    return booking_hints.hints(row, booking_hints.live_beside([row]), notifications.undelivered_for([row.id]))


def message_lines(row: Reservation) -> list[tuple[str, str, str, str]]:
    """The messages about a booking: when, by which channel, subject, and whether it arrived."""
    return [
        (
            log_time(clock.local(message.sent_at or message.queued_at), locale()),
            str(message.channel.label),
            message.subject or NONE,
            str(message.state.label),
        )
        for message in notifications.about(row)
    ]


def move_lines(moves: list[Moved]) -> list[tuple[str, str, str, str]]:
    """When, what, by whom, why."""
    at = [log_time(clock.local(m.at), locale()) for m in moves]
    return [(t, str(_MOVES.get(m.move, m.move)), m.who, move_reason(m.reason)) for t, m in zip(at, moves, strict=True)]


def offered_acts(row: Reservation) -> list[Act]:
    """What the desk may do with this booking now."""
    acts, pk = [], {"pk": row.id}
    if row.state == ReservationState.PENDING:
        acts.append(Act(_("審核"), "BookingReviewView.list", {"number": row.number}, True))
    if row.visit_on == clock.today() and row.state in (ReservationState.APPROVED, ReservationState.CHECKED_IN):
        acts.append(Act(_("當日接見報到"), "DayDeskView.visit", pk, True))
    if walk_in_undo.why_not_taken_back(row) is None:
        acts.append(Act(_("取消現場登記"), "DayDeskView.visit", {**pk, "open": "entry", "_anchor": "entry"}))
    if any(RESERVATION_MOVES.allows(move, row.state) for move in ("change", "choose")):
        acts.append(Act(_("變更預約"), "OnsiteActView.change", pk))
    if RESERVATION_MOVES.allows("cancel", row.state):
        acts.append(Act(_("取消預約"), "OnsiteActView.cancel", pk))
    if row.visit_on <= clock.today():
        for move, label in MARKS.items():
            if RESERVATION_MOVES.allows(move, row.state) and (move != "no_show" or row.arrives_at <= clock.now()):
                acts.append(Act(label, "OnsiteActView.mark", {**pk, "move": move}))
    if row.attention is not None:
        acts.append(Act(_("清除注意事項"), "OnsiteActView.clear", pk))
    return acts
