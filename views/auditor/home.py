"""首頁, and what belongs to no single kind of record: a record's story, a record in full, a list as a file."""

from __future__ import annotations

from itertools import groupby

from flask_admin import AdminIndexView, expose

from views.auditor.door import Gate
from views.auditor.list_export import ListExport
from views.auditor.subjects import ALL
from views.auditor.timeline import Timeline
from views.auditor.unmasking import Unmasking


class AuditHome(Timeline, Unmasking, ListExport, Gate, AdminIndexView):
    """What can be looked up here. The front page itself shows no record, so it leaves no trail."""

    @expose("/")
    def index(self) -> str:
        """Every kind of record by its group."""
        groups = [(group, list(kinds)) for group, kinds in groupby(ALL, key=lambda kind: kind.group)]
        return self.render(self._template, groups=groups)
