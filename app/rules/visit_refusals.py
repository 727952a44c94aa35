"""Why a visit by session cannot be booked: one error for each rule, with the way out (WORDING §6)."""

from __future__ import annotations

from app.errors import RuleError
from app.i18n import _l


class NotOffered(RuleError):
    """The agency does not hold this kind of visit."""

    sentence = _l("%(agency)s目前未開放線上預約此類接見，請洽該機關（電話：%(phone)s）。")


class RestrictedNeutral(RuleError):
    """One sentence for every restriction and for an inmate who has moved: it does not say which."""

    sentence = _l("目前無法線上預約，請洽該機關（電話：%(phone)s）。")


class RelationNotEntitled(RuleError):
    """The law or the agency lets other relations come to such an inmate."""

    sentence = _l("依規定，您與該收容人之關係目前不能預約此類接見。如有特殊情形，請洽該機關（電話：%(phone)s）。")


class GrantNotValid(RuleError):
    """There is no grant that holds on that day."""

    sentence = _l("您沒有可用於%(date)s的服務項目（可能已到期、暫停或廢止）。請先至「服務項目申請」辦理。")


class NotYetOpen(RuleError):
    """Booking for this day opens later."""

    sentence = _l("%(date)s之接見自%(opens)s起開放預約，請屆時再行預約。")


class BookingClosed(RuleError):
    """Booking for this day has closed."""

    sentence = _l("%(date)s之接見已於%(deadline)s截止預約。最近可預約之時段為%(next)s。")


class SessionSuspended(RuleError):
    """The agency holds no visits then."""

    sentence = _l("%(date)s%(time)s因%(reason)s停止辦理接見。最近可預約之時段為%(next)s。")


class NoSuchSession(RuleError):
    """The timetable has no session then (any more)."""

    sentence = _l("%(date)s%(time)s沒有接見時段，可能已由機關調整。最近可預約之時段為%(next)s。")


class SessionFull(RuleError):
    """All places are taken."""

    sentence = _l("%(date)s%(time)s已額滿。最近可預約之時段為%(next)s。")
    status = 409


class QuotaUsed(RuleError):
    """The inmate has had, or has booked, all visits of the period; who booked them is not told."""

    sentence = _l("該收容人%(period)s接見次數%(limit)s次均已使用或預約，下次可預約日期為%(next)s。")


class SessionForLaterVisits(RuleError):
    """The n-th visit of a period is open in named sessions only."""

    sentence = _l("該收容人%(period)s第%(n)s次接見限於%(names)s辦理，請改選該時段。")


class OpenBookingExists(RuleError):
    """The agency allows one open booking for each inmate; whose it is is not told."""

    sentence = _l("該收容人目前已無可線上預約之次數，請於現有預約辦理完畢後再行預約，或洽該機關（電話：%(phone)s）。")


class OwnOverlap(RuleError):
    """The visitor has another visit at that time."""

    sentence = _l("您於%(date)s%(time)s已有另一預約（編號%(number)s），時間重疊。請改選其他時段，或先變更原預約。")


class EarlierVisitRequired(RuleError):
    """The agency asks for an earlier visit before the first one that is booked online."""

    sentence = _l(
        "首次接見請至機關現場辦理；辦理過現場或遠距接見後，即可線上預約。如有疑問，請洽該機關（電話：%(phone)s）。"
    )


class TooManyPeople(RuleError):
    """More persons at once than are allowed."""

    sentence = _l("同時接見人數以%(n)s人為限（未滿%(years)s歲者不計），請減少同行人。")


class NoShowStop(RuleError):
    """Too many visits were missed without word."""

    sentence = _l("您於%(window)s個月內預約未到達%(n)s次，依規定暫停預約至%(until)s。如有正當理由，請洽機關說明。")


class ChangeTooLate(RuleError):
    """The deadline for changing or cancelling online has passed."""

    sentence = _l("已逾取消或變更期限（%(deadline)s），請電洽機關（%(phone)s）辦理。")
