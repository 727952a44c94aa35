"""便民服務稽核查詢系統: Flask-Admin at /auditor, a door through which nothing can be written.

A kind of record is a declaration of about 40 lines on :class:`views.auditor.records.RecordView`: columns, masks,
filters, order. The gate, the trail of looks, paging and the templates come with the base class.
"""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from app.extensions import db
from app.i18n import _l
from app.security import csp_nonce
from models import AgencyBookEntry, AuditEntry, FamilyBookEntry, Notification, Reservation, ServiceApplication
from views.auditor.applications import ApplicationView
from views.auditor.bookings import BookingView
from views.auditor.books import AgencyMessageView, FamilyEntryView
from views.auditor.door import refuse_writing
from views.auditor.home import AuditHome
from views.auditor.messages import MessageView
from views.auditor.trail import TrailView
from views.auditor.unmasking import POSTED


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
    admin.add_views(
        ApplicationView(ServiceApplication, db, _l("申請案件"), endpoint="auditor_applications", url="applications"),
        BookingView(Reservation, db, _l("預約紀錄"), endpoint="auditor_bookings", url="bookings"),
        FamilyEntryView(FamilyBookEntry, db, _l("家庭聯絡簿"), endpoint="auditor_entries", url="entries"),
        AgencyMessageView(AgencyBookEntry, db, _l("機關聯絡簿"), endpoint="auditor_agency_book", url="agency-book"),
        MessageView(Notification, db, _l("通知紀錄"), endpoint="auditor_messages", url="messages"),
        TrailView(AuditEntry, db, _l("稽核軌跡"), endpoint="auditor_trail", url="trail"),
    )
