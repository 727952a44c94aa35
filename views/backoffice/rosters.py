"""列印預約現場律師接見清冊 (CJALF247R): choose a day, freeze an edition, fetch its PDF; print supplements."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.errors import RuleError
from app.i18n import _, _l
from app.rules.dates import sentence_date
from app.security import Actor
from app.services import audit, roster_supplements, rosters
from app.transaction import end_reading
from models import RosterEdition
from reports.roster import RosterSheet, missing_characters, render_roster
from views.backoffice import case_facts, desk_agencies, roster_sheets, scope
from views.backoffice.access import permitted
from views.backoffice.filters import parse_day

log = logging.getLogger(__name__)


class DayInvalid(RuleError):
    """What stands in the field 接見日期 is no date."""

    sentence = _l("接見日期不正確。請以西元年月日輸入，例如2026-03-10。")


class AgencyNotChosen(RuleError):
    """A roster is one agency's."""

    sentence = _l("請選擇機關。")


class RosterView(BaseView):
    """The roster of a day, edition by edition, each with its supplements."""

    route_base = "/backoffice/desk/rosters"
    default_view = "list"

    @expose("/")
    @permitted
    def list(self) -> str:
        """Choose day and 預約方式, see what the roster would hold, and which editions there are."""
        return self._page()

    @expose("/", methods=["POST"])
    @permitted
    @permission_name("print")
    def freeze(self) -> AnyResponse | tuple[str, int]:
        """Freeze what stands on the roster now as the next edition."""
        try:
            day = _day(request.form.get("day", ""))
            agency = desk_agencies.chosen(request.form.get("agency", ""))
            if agency is None:
                raise AgencyNotChosen("agency")
        except (DayInvalid, AgencyNotChosen) as error:
            return self._page(error), error.status
        source = _source(request.form.get("source", ""))
        actor = Actor.staff(current_user)
        edition_id = rosters.print_edition(agency.id, day, source, current_user.id, actor)
        flash(_("清冊已產生，內容不再變動；日後異動請列印補充清冊。"), "success")
        return redirect(url_for(".edition", pk=edition_id))

    @expose("/<uuid:pk>")
    @permitted
    @permission_name("list")
    def edition(self, pk: UUID) -> str:
        """One edition: what it holds, its PDF, its supplements, and the characters that the PDFs cannot show."""
        return self._edition_page(self._edition(pk))

    @expose("/<uuid:pk>/supplements", methods=["POST"])
    @permitted
    @permission_name("print")
    def supplement(self, pk: UUID) -> AnyResponse | tuple[str, int]:
        """Freeze what changed since an edition as its next supplement."""
        edition = self._edition(pk)
        try:
            roster_supplements.print_supplement(edition.id, current_user.id, Actor.staff(current_user))
        except (roster_supplements.NothingChanged, roster_supplements.EditionTooOld) as error:
            return self._edition_page(self._edition(pk), error), error.status
        flash(_("補充清冊已產生，請列印並通知中央台。"), "success")
        return redirect(url_for(".edition", pk=pk, _anchor="supplements"))

    @expose("/<uuid:pk>.pdf")
    @permitted
    def download(self, pk: UUID) -> Response:
        """The paper of an edition: shown in the browser, or kept as a file with ``?keep=1``."""
        edition = self._edition(pk)
        return _paper(edition, edition.agency_id, roster_sheets.sheet_of)

    @expose("/supplements/<uuid:pk>.pdf")
    @permitted
    @permission_name("download")
    def supplement_paper(self, pk: UUID) -> Response:
        """The paper of a supplement, likewise."""
        supplement = roster_supplements.get_supplement(str(pk), scope.agency_ids())
        return _paper(supplement, supplement.edition.agency_id, roster_sheets.supplement_sheet)

    def _edition(self, pk: UUID) -> RosterEdition:
        return rosters.get_edition(str(pk), scope.agency_ids())

    def _edition_page(self, edition: RosterEdition, error: RuleError | None = None) -> str:
        sheet = roster_sheets.sheet_of(edition)
        supplements = roster_supplements.supplements(edition.id)
        sheets = [sheet, *map(roster_sheets.supplement_sheet, supplements)]
        same_day = _editions(edition.agency_id, edition.visit_on)
        newest = next(one for one in same_day if one.source_filter == edition.source_filter)
        return str(
            self.render_template(
                "backoffice/desk/edition.html",
                title=sheet.title,
                error=error,
                edition=edition,
                sheet=sheet,
                supplements=list(zip(supplements, sheets[1:], strict=True)),
                newest=newest,
                changes=roster_supplements.count_changes(edition) if newest.id == edition.id else None,
                missing=_reported(edition.id, sheets),
                editions=same_day,
                texts=roster_sheets,
                facts=case_facts,
                may_export=self.appbuilder.sm.has_access("can_export", "RosterExportView"),
            )
        )

    def _page(self, error: RuleError | None = None) -> str:
        asked = request.form if request.method == "POST" else request.args
        agency, source = desk_agencies.chosen(asked.get("agency", "")), _source(asked.get("source", ""))
        day = rosters.default_day()
        try:
            day = _day(asked["day"]) if asked.get("day") else day
        except DayInvalid as wrong:
            error = error or wrong
        decided, pending = rosters.counts(agency.id, day, source) if agency else (0, 0)
        editions = _editions(agency.id if agency else None, day)
        newest = next((one for one in editions if agency and one.source_filter == source), None)
        return str(
            self.render_template(
                "backoffice/desk/rosters.html",
                title=_("列印預約現場律師接見清冊(CJALF247R)"),
                error=error,
                choices=scope.agencies(),
                agency=agency,
                day=day,
                day_typed=asked.get("day") or day.isoformat(),
                day_words=sentence_date(day, case_facts.locale()),
                source=source,
                source_label=roster_sheets.source_label(source),
                sources=roster_sheets.SOURCES,
                may_review=self.appbuilder.sm.has_access("can_list", "BookingReviewView"),
                decided=decided,
                pending=pending,
                newest=newest,
                changes=roster_supplements.count_changes(newest) if newest else None,
                editions=editions,
                texts=roster_sheets,
                facts=case_facts,
            )
        )


def _paper(printed: Any, agency_id: str, sheet_of: Callable[[Any], RosterSheet]) -> Response:
    audit.read("roster.download", Actor.staff(current_user), printed, agency_id=agency_id)
    sheet, name = sheet_of(printed), roster_sheets.file_name(printed, "pdf")
    end_reading()  # drawing takes a while and needs no database
    paper = BytesIO(render_roster(sheet))
    return send_file(paper, "application/pdf", as_attachment="keep" in request.args, download_name=name, max_age=0)


def _editions(agency_id: str | None, day: date) -> list[RosterEdition]:
    return rosters.editions(scope.agency_ids(), agency_id, day)


def _day(raw: str) -> date:
    day = parse_day(raw.strip())
    if day is None:
        raise DayInvalid("day")
    return day


def _source(raw: str) -> str:
    return raw if raw in roster_sheets.SOURCES else ""


def _reported(edition_id: str, sheets: list[RosterSheet]) -> list[str]:
    """The characters that the papers show by their number, and a line about them in the log."""
    missing = sorted(set().union(*map(missing_characters, sheets)))
    codes = [f"U+{ord(character):04X}" for character in missing]
    if codes:
        log.warning("Roster edition %s: no font on this machine draws %s", edition_id, ", ".join(codes))
    return [f"{character}（{code}）" for character, code in zip(missing, codes, strict=True)]
