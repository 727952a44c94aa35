"""便民服務後臺管理系統: the officers' door, declared over models."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from app.i18n import _l
from views.backoffice.access import closed_to_strangers
from views.backoffice.access_keys import AccessKeyView
from views.backoffice.agencies import AgencyView
from views.backoffice.agency_book import AgencyBookView
from views.backoffice.agency_book_forms import AgencyBookFormView
from views.backoffice.application_review import ApplicationReviewView, FamilyReviewView
from views.backoffice.applications import FamilyApplicationView, LawyerApplicationView
from views.backoffice.booking_reviews import BookingReviewView
from views.backoffice.closures import ClosureView
from views.backoffice.columns import shown
from views.backoffice.day_desk import DayDeskView
from views.backoffice.desk_acts import OnsiteActView
from views.backoffice.desk_entries import PhoneBookingView, WalkInView
from views.backoffice.device_visit_acts import DeviceVisitActView, FamilyVisitActView
from views.backoffice.device_visits import DeviceVisitView, FamilyVisitView
from views.backoffice.entries import FamilyEntryView
from views.backoffice.entry_prints import EntryPrintView
from views.backoffice.entry_review import EntryReviewView
from views.backoffice.family_bookings import FamilyBookingView
from views.backoffice.framework import OfficeBuilder, StaffSecurity, babel, words
from views.backoffice.grant_cases import GrantCaseView
from views.backoffice.grants import GrantView
from views.backoffice.inmate_imports import InmateImportView
from views.backoffice.inmates import InmateView
from views.backoffice.jobs import JobView, worker_pulse
from views.backoffice.menus import add_own_details, menu
from views.backoffice.message_log import MessageLogView
from views.backoffice.message_templates import MessageTemplateView
from views.backoffice.notices import NoticeView
from views.backoffice.office_calendar import OfficeCalendarView
from views.backoffice.onsite_bookings import OnsiteBookingView
from views.backoffice.parameters import ParameterView
from views.backoffice.person_merges import PersonMergeView
from views.backoffice.persons import PersonView
from views.backoffice.privacy_notices import PrivacyNoticeView
from views.backoffice.reasons import ReasonView
from views.backoffice.recognition_files import RecognitionFileView
from views.backoffice.recognitions import RecognitionView
from views.backoffice.roles import ROLES
from views.backoffice.roster_exports import RosterExportView
from views.backoffice.rosters import RosterView
from views.backoffice.staff_accounts import StaffView
from views.backoffice.statistics import StatisticsView
from views.backoffice.undelivered import UndeliveredView
from views.backoffice.visit_hours import VisitHoursView
from views.backoffice.waiting_board import WaitingBoardView
from views.backoffice.work_items import WorkItemView


def register(app: Flask) -> None:
    """Build the back office on this app; needs an app context."""
    app.config["FAB_ROLES"] = ROLES
    builder = OfficeBuilder(menu=menu(), base_template="backoffice/layout.html", security_manager_class=StaffSecurity)
    builder.init_app(app, db.session)
    app.before_request(closed_to_strangers)
    babel(app)
    words(app)
    app.jinja_env.globals.update(worker_pulse=worker_pulse, staff_time=shown)
    add_own_details(builder)
    builder.add_view(ParameterView, "Parameters", label=_l("系統參數設定(機關)"), category="System")
    builder.add_view(VisitHoursView, "VisitHours", label=_l("公告時段管理"), category="Hours")
    builder.add_view(ClosureView, "Closures", label=_l("停止辦理接見"), category="Hours")
    builder.add_view(NoticeView, "Notices", label=_l("訊息公告及申辦流程維護"), category="Hours")
    builder.add_view(AgencyView, "Agencies", label=_l("機關資料維護"), category="System")
    builder.add_view(OfficeCalendarView, "OfficeCalendar", label=_l("辦公日曆維護"), category="System")
    builder.add_view(MessageTemplateView, "Templates", label=_l("通知範本維護"), category="System")
    builder.add_view(ReasonView, "Reasons", label=_l("不通過原因維護"), category="System")
    builder.add_view(StaffView, "Staff", label=_l("帳號權限管理"), category="System")
    builder.add_view(PrivacyNoticeView, "PrivacyNotices", label=_l("個資聲明版本維護"), category="System")
    builder.add_view(MessageLogView, "Messages", label=_l("簡訊電子郵件紀錄"), category="System")
    builder.add_view(UndeliveredView, "Undelivered", label=_l("未送達通知處理"), category="System")
    builder.add_view(JobView, "Jobs", label=_l("排程工作"), category="System")
    builder.add_view(StatisticsView, "Statistics", label=_l("統計報表"), category="System")
    builder.add_view(InmateView, "Inmates", label=_l("收容人資料"), category="System")
    builder.add_view(InmateImportView, "InmateImports", label=_l("收容人資料匯入"), category="System")
    builder.add_view(WorkItemView, "WorkItems", label=_l("待辦事項"), category="System")
    builder.add_view(AccessKeyView, "AccessKeys", label=_l("介接金鑰維護"), category="System")
    builder.add_view(LawyerApplicationView, "LawyerApplications", label=_l("審核律師接見服務項目"), category="Services")
    builder.add_view_no_menu(ApplicationReviewView)
    builder.add_view(FamilyApplicationView, "FamilyApplications", label=_l("審核家屬服務項目"), category="Services")
    builder.add_view_no_menu(FamilyReviewView)
    builder.add_view(GrantView, "Grants", label=_l("已核准服務項目查詢"), category="Services")
    builder.add_view_no_menu(GrantCaseView)
    builder.add_view(DeviceVisitView, "DeviceVisits", label=_l("行動接見申請"))
    builder.add_view_no_menu(DeviceVisitActView)
    builder.add_view(FamilyEntryView, "FamilyEntries", label=_l("家庭聯絡簿審查"), category="Books")
    builder.add_view_no_menu(EntryReviewView)
    builder.add_view(EntryPrintView, "EntryPrints", label=_l("家庭聯絡簿列印及交付"), category="Books")
    builder.add_view(AgencyBookView, "AgencyBook", label=_l("機關聯絡簿"), category="Books")
    builder.add_view_no_menu(AgencyBookFormView)
    builder.add_view(
        BookingReviewView, "BookingReview", label=_l("律師行動接見登記資料審核(CJALF219F)"), category="VisitEntry"
    )
    builder.add_view(
        OnsiteBookingView, "OnsiteBookings", label=_l("預約現場律師接見查詢維護(CJALF223F)"), category="VisitEntry"
    )
    builder.add_view_no_menu(OnsiteActView)
    builder.add_view_no_menu(PhoneBookingView)
    builder.add_view(FamilyVisitView, "FamilyVisits", label=_l("家屬現場接見查詢維護"), category="VisitEntry")
    builder.add_view_no_menu(FamilyVisitActView)
    builder.add_view(WalkInView, "WalkIns", label=_l("現場登記（未預約）"), category="VisitEntry")
    builder.add_view(DayDeskView, "DayDesk", label=_l("當日接見報到"), category="VisitManagement")
    builder.add_view(WaitingBoardView, "WaitingBoard", label=_l("候見順序看板"), category="VisitManagement")
    builder.add_view(RosterView, "Roster", label=_l("列印預約現場律師接見清冊(CJALF247R)"), category="VisitPrinting")
    builder.add_view_no_menu(RosterExportView)
    builder.add_view(FamilyBookingView, "FamilyBookings", label=_l("家屬及行動接見預約查詢"), category="VisitPrinting")
    builder.add_view(RecognitionView, "Recognitions", label=_l("辨識結果查看"))
    builder.add_view_no_menu(RecognitionFileView)
    builder.add_view(PersonView, "Persons", label=_l("家屬資料查詢修改"))
    builder.add_view_no_menu(PersonMergeView)
