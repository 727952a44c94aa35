"""What 行動接見申請 shows of a visit by session: cells of the list, blocks of its page, acts that its state allows."""

from __future__ import annotations

from markupsafe import Markup

from app import clock
from app.i18n import _
from app.rules.dates import booking_date
from app.rules.device_visits import DEVICE_KINDS, end_of
from app.rules.masking import name_circle
from app.rules.vocabulary import ReservationState
from app.services import joining
from models import Reservation
from models.reservation import RESERVATION_MOVES
from views.backoffice import booking_facts
from views.backoffice.booking_facts import Act
from views.backoffice.case_facts import NONE, Facts, locale, moment
from views.backoffice.desk_acts import MARKS

#: From these a visit can be noted as held.
_BEFORE_THE_END = (ReservationState.APPROVED, ReservationState.CHECKED_IN, ReservationState.IN_PROGRESS)


def session_words(row: Reservation) -> Markup:
    """Day and session."""
    end = clock.local(end_of(row.arrives_at, row.minutes))
    day = booking_date(row.visit_on, locale())
    return Markup("<span>{} <strong>{:%H:%M}－{:%H:%M}</strong></span>").format(day, row.arrives_local, end)


def inmate(row: Reservation) -> str:
    """呼號 and name, masked as in every list."""
    return f"{row.inmate.number}{name_circle(row.inmate.name)}"


def visitor(row: Reservation) -> Markup:
    """Name, masked, and relation; with how many persons."""
    words = Markup('{} <span class="ab-quiet">{}</span>').format(
        name_circle(row.visitor_name), row.visitor_relation.label
    )
    return words + (Markup(" {}").format(_("（另%(n)s人）", n=len(row.companions))) if row.companions else "")


def remarks(row: Reservation) -> list[str]:
    """備註 for officers; the kind stands on the page anyway."""
    return [remark for remark in booking_facts.remarks(row) if remark != str(row.kind.label)]


def room(row: Reservation) -> str:
    """The device room, or that none has been given."""
    if row.kind not in DEVICE_KINDS:
        return NONE
    return row.room or _("未安排")


def blocks(row: Reservation) -> list[tuple[str, Facts]]:
    """The page of a visit, block by block, nothing masked."""
    booking: Facts = [
        (_("預約編號"), row.number),
        (_("接見類型"), str(row.kind.label)),
        (_("接見機關"), row.agency.name),
        (_("接見時段"), str(session_words(row).striptags())),
        (_("接見時間(分)"), str(row.minutes or NONE)),
        (_("收容人"), f"{row.inmate.number}{row.inmate.name}"),
        (_("場舍"), row.inmate.unit or NONE),
        (_("計入人數"), str(row.persons or NONE)),
        (_("申請時間"), moment(row.created_at)),
    ]
    if row.kind in DEVICE_KINDS:
        booking.append((_("設備室"), room(row)))
        booking.append((_("告知申請人之辦理方式"), joining.how_to_join(row, locale())))
    if row.started_at and row.ended_at:
        span = f"{clock.local(row.started_at):%H:%M}－{clock.local(row.ended_at):%H:%M}"
        booking.append((_("實際接見起訖"), span))
    if row.rejection_reason:
        label = _("取消原因") if row.state == ReservationState.CANCELLED else _("不通過原因")
        booking.append((label, "：".join(filter(None, (row.rejection_reason, row.rejection_note)))))
    return [(_("預約資料"), booking), (_("接見人"), booking_facts.visitor_facts(row))]


def guests(row: Reservation) -> list[tuple[str, str, str, str, str]]:
    """Companions: name, relation, ID number, paper or birth date, grant (a relative's companion needs none)."""
    if row.visitor_relation.is_lawyers:
        return booking_facts.guests(row)
    return [
        (c.name, str(c.relation.label), c.id_number, f"{c.birth_date:%Y/%m/%d}" if c.birth_date else NONE, NONE)
        for c in row.companions
    ]


def offered_acts(row: Reservation) -> list[Act]:
    """What may be done with this visit now, beside its review."""
    acts, pk = [], {"pk": row.id}
    base = "DeviceVisitActView" if row.kind in DEVICE_KINDS else "FamilyVisitActView"
    if row.state == ReservationState.APPROVED and row.kind in DEVICE_KINDS:
        acts.append(Act(_("安排設備室及時間"), f"{base}.arrange", pk, not row.room))
    if row.state in _BEFORE_THE_END and row.arrives_at <= clock.now():
        acts.append(Act(_("接見完成"), f"{base}.complete", pk, True))
    if row.visit_on <= clock.today():
        for move, label in MARKS.items():
            if RESERVATION_MOVES.allows(move, row.state) and (move != "no_show" or row.arrives_at <= clock.now()):
                acts.append(Act(label, f"{base}.mark", {**pk, "move": move}))
    if RESERVATION_MOVES.allows("cancel", row.state):
        acts.append(Act(_("取消預約"), f"{base}.cancel", pk))
    if row.attention is not None:
        acts.append(Act(_("清除注意事項"), f"{base}.clear", pk))
    return acts
