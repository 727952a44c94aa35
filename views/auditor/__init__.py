"""便民服務稽核查詢系統: Flask-Admin at /auditor, a door through which nothing can be written.

A kind of record is one line in ``views.auditor.subjects`` and one in ``plain_lists``; where masks or filters have more
to say than the columns do, it is a declaration of about 40 lines on :class:`views.auditor.records.RecordView`. The
gate, the trail of looks, paging, export and the templates come with the base class.
"""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from app.extensions import db
from app.i18n import _l
from app.security import csp_nonce
from models import AgencyBookEntry, AuditEntry, FamilyBookEntry, Notification, Officer, Reservation, ServiceApplication
from views.auditor import plain_lists
from views.auditor.applications import ApplicationView
from views.auditor.bookings import BookingView
from views.auditor.books import AgencyMessageView, FamilyEntryView
from views.auditor.door import refuse_writing
from views.auditor.home import AuditHome
from views.auditor.mass_viewing import MassViewing
from views.auditor.messages import MessageView
from views.auditor.records import RecordView
from views.auditor.staff import StaffView
from views.auditor.subjects import ALL
from views.auditor.trail import TrailView
from views.auditor.unmasking import POSTED

VIEWS: dict[type, type[RecordView]] = {
    ServiceApplication: ApplicationView,
    Reservation: BookingView,
    FamilyBookEntry: FamilyEntryView,
    AgencyBookEntry: AgencyMessageView,
    Notification: MessageView,
    Officer: StaffView,
    AuditEntry: TrailView,
    **plain_lists.VIEWS,
}


def register(app: Flask) -> None:
    """Hang the auditors' pages into this app; after the back office, whose permissions and sign-in they use."""
    refuse_writing(app, POSTED)
    admin = Admin(
        app,
        name="便民服務稽核查詢系統",
        url="/auditor",
        endpoint="auditor",
        index_view=AuditHome(name=_l("首頁"), endpoint="auditor", url="/auditor", template="auditor/home.html"),
        theme=Bootstrap4Theme(base_template="auditor/base.html"),
        csp_nonce_generator=csp_nonce,
    )
    for kind in ALL:
        view = VIEWS[kind.model](kind.model, db, kind.name, endpoint=kind.endpoint, url=kind.url)
        view.in_menu = kind.in_menu
        admin.add_view(view)
    admin.add_view(MassViewing(_l("大量查閱報表"), endpoint="auditor_mass_viewing", url="mass-viewing"))
