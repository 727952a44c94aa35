"""首頁, and what belongs to no single kind of record: a record's story, and a record in full."""

from __future__ import annotations

from flask_admin import AdminIndexView

from views.auditor.door import Gate
from views.auditor.timeline import Timeline
from views.auditor.unmasking import Unmasking


class AuditHome(Timeline, Unmasking, Gate, AdminIndexView):
    """What can be looked up here. The front page itself shows no record, so it leaves no trail."""
