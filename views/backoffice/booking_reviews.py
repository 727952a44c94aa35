"""律師行動接見登記資料審核 (CJALF219F): verdicts on a page of bookings, saved at once, row by row."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.i18n import _
from app.rules.vocabulary import ReasonScope, Verdict
from app.security import Actor
from app.services import audit, reasons
from models import Reservation
from views.backoffice import booking_rows, case_facts, criteria, scope
from views.backoffice.access import permitted
from views.backoffice.booking_verdicts import Batch, Typed

#: The button that chooses 審核通過 in all rows without a choice, and saves nothing.
MARK_ALL = "mark"


class BookingReviewView(BaseView):
    """The desk's daily review (every working day at 16:00) of what lawyers have announced."""

    route_base = "/backoffice/desk/bookings"
    default_view = "list"

    @expose("/")
    @permitted
    def list(self) -> str:
        """What waits, the earliest arrival first."""
        return self._page({})

    @expose("/", methods=["POST"])
    @permitted
    def review(self) -> Response | tuple[str, int] | str:
        """Save every verdict given; what could not be saved comes back with its sentence, the others are done."""
        typed = _typed()
        if MARK_ALL in request.form:
            return self._page(typed, marked=_mark(typed))
        batch = Batch.of(typed)
        if not batch.verdicts:
            flash(_("尚未選擇任何審核結果，資料未變更。"), "warning")
            return self._page(typed)
        batch.save(scope.agency_ids(), current_user.id, Actor.staff(current_user))
        if batch.saved:
            flash(_("已儲存%(n)s件審核結果，通知信件已排入寄送。", n=batch.saved), "success")
        if batch.errors:
            return self._page(typed, batch), batch.status
        return redirect(_here())

    def _page(self, typed: dict[str, Typed], batch: Batch | None = None, marked: tuple[int, int] | None = None) -> str:
        asked = criteria.read(Reservation, booking_rows.FILTERS, (), (), False, request.args)
        if request.method != "POST":
            reader = Actor.staff(current_user)
            audit.read("reservation.review_list", reader, "reservation", agency_id=asked.agency_id)
        rows, count = ([], 0) if asked.errors else booking_rows.waiting(asked)
        return str(
            self.render_template(
                "backoffice/desk/bookings.html",
                title=_("律師行動接見登記資料審核(CJALF219F)"),
                view=self,
                asked=asked,
                rows=rows,
                count=count,
                most_counted=booking_rows.MOST_COUNTED,
                typed=_still_true(typed, rows),
                untouched=Typed(),
                batch=batch,
                marked=marked,
                shows_agency=len(scope.agencies()) > 1,
                verdicts=Verdict.choices(),
                reasons=reasons.offered(ReasonScope.BOOKING),
                is_english=case_facts.locale() == "en",
                here=_here(),
                may_show=self.appbuilder.sm.has_access("can_show", "OnsiteBookingView"),
            )
        )


def _here() -> str:
    """This page with its filter."""
    return url_for(".list", **criteria.list_arguments(booking_rows.FILTERS, request.args))


def _typed() -> dict[str, Typed]:
    """The rows of the form by id. Raises ``NotFound`` where one is not the officer's: then nothing is saved."""
    ids = [_checked(row_id) for row_id in request.form.getlist("row")[: booking_rows.PAGE_ROWS]]
    if booking_rows.known(ids) != set(ids):
        raise NotFound()
    return {row_id: Typed.sent(request.form, row_id) for row_id in ids}


def _checked(row_id: str) -> str:
    try:
        return str(UUID(row_id))
    except ValueError:
        raise NotFound() from None


def _mark(typed: dict[str, Typed]) -> tuple[int, int]:
    """Choose 審核通過 in every row without a choice and without a flag; nothing is saved. Returns how many, and how
    many were left because of their flag."""
    open_rows = [row_id for row_id, row in typed.items() if not row.verdict]
    left = booking_rows.flagged(open_rows)
    for row_id in open_rows:
        if row_id not in left:
            typed[row_id] = typed[row_id].approved()
    return len(open_rows) - len(left), len(left)


def _still_true(typed: dict[str, Typed], rows: list[booking_rows.Row]) -> dict[str, Typed]:
    """What was typed about the rows as they stand: a verdict on what has changed since is to be given anew."""
    known = [(row, typed[row.id]) for row in rows if row.id in typed]
    return {row.id: sent if sent.version == row.version else sent.without_verdict() for row, sent in known}
