"""A selection of the trail as a file: masked like the screen, for a purpose, after the password, and logged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, request, url_for
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import func, select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.security import Actor
from app.services import audit, unmasking
from app.services.unmasking import Purpose
from models import AuditEntry
from views.auditor import pages
from views.auditor.filters import Bar, Filter
from views.auditor.shown import actor, address, agency_name
from views.auditor.unmasking import asked, empty, refusal

MOST = 10_000


class Exporting:
    """The form and the file, beside the list of the trail."""

    filter_bar: tuple[Filter, ...]

    @expose("/export/", methods=("GET", "POST"))
    def export_page(self) -> Any:
        """The form for the selection that the address names; after purpose and password the file."""
        bar = Bar(self.filter_bar, request.args)
        form = {
            "bar": bar,
            "count": pages.count(AuditEntry, bar.conditions),
            "most": f"{MOST:,}",
            "purposes": Purpose.choices(),
            "send_to": url_for(".export_page", **dict[str, Any](bar.values)),
        }
        if request.method != "POST":
            return self._page(**form, **empty())
        (reason, password), reader = asked(), Actor.staff(current_user)
        newest = int(db.session.scalar(select(func.max(AuditEntry.seq)).where(*bar.conditions)) or 0)
        wanted = select(AuditEntry).where(AuditEntry.seq <= newest, *bar.conditions)
        wanted = wanted.order_by(AuditEntry.seq.desc()).limit(MOST)
        rows = int(db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0)
        try:
            unmasking.export("audit_entry", rows, bar.agency_id, reason, current_user.id, password, reader)
        except RuleError as error:
            return self._page(**form, **refusal(error)), error.status
        name = f"trail-{clock.local(clock.now()):%Y%m%d-%H%M%S}.jsonl"
        lines = "".join(_lines(db.session.scalars(wanted)))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(lines, mimetype="application/x-ndjson", headers=headers)

    def _page(self, **values: Any) -> str:
        return self.render("auditor/export.html", **values)  # type: ignore[attr-defined]


def _lines(entries: Any) -> Iterator[str]:
    """One schema for all rows, in the names of ``flask audit export``, masked; values stay behind."""
    for entry in entries:
        line = {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "event": entry.event,
            "actor": {"kind": entry.actor_kind, "id": entry.actor_id, "name": actor(entry)},
            "from": address(entry),
            "agency": agency_name(entry.agency_id),
            "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
            "mac": entry.mac,
            "intact": audit.intact(entry),
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"
