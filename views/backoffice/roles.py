"""What each kind of staff may do: pairs of (view, permission), as anchored regular expressions.

Flask-AppBuilder matches by prefix, so each expression ends with ``$``; a guard test checks that.
"""

from __future__ import annotations

from app.rules.vocabulary import StaffRole


def _grant(views: str, permissions: str) -> list[str]:
    return [f"^({views})$", f"^({permissions})$"]


_OWN = _grant("HomeView|LanguageView|UtilView|SignInView", "can_.*")
#: One's own account: every kind of staff, auditors too.
_ACCOUNT = _grant("OwnAccountView|OwnSecondFactorView", "can_use")
#: Visits by session are reviewed, prepared and noted by officers and the desk alike.
_DEVICES = _grant("DeviceVisitView", "can_list|can_show|can_review|can_maintain")
#: Whose filtered lists leave the program as files, where the role opens the list at all.
_CASE_FILES = _grant(
    "LawyerApplicationView|FamilyApplicationView|GrantView|FamilyEntryView|AgencyBookView|MessageLogView|UndeliveredView",
    "can_export",
)
_VISIT_FILES = _grant("OnsiteBookingView|FamilyBookingView|DeviceVisitView", "can_export")

#: The copy of the prison system's inmates, its deliveries, and what its changes leave to be done.
_INMATES = [
    _grant("InmateView", "can_list|can_show"),
    _grant("InmateImportView", "can_list|can_show|can_add|can_decide"),
    _grant("WorkItemView", "can_list|can_finish|finish"),
    _grant("System|Inmates|InmateImports|WorkItems", "menu_access"),
]

#: 家屬資料查詢修改 and 辨識結果查看.
_PERSONS = [
    _grant("PersonView", "can_list|can_change"),
    _grant("RecognitionView", "can_list|can_show|can_decide"),
    _grant("RecognitionFileView", "can_add|can_picture"),
    _grant("Persons|Recognitions", "menu_access"),
]
#: Who holds the visits looks at the faces, too.
_FACES = [
    _grant("RecognitionView", "can_list|can_show|can_decide"),
    _grant("RecognitionFileView", "can_add|can_picture"),
    _grant("Recognitions", "menu_access"),
]

ROLES: dict[str, list[list[str]]] = {
    StaffRole.OFFICER.value: [
        _OWN,
        *_PERSONS,
        _ACCOUNT,
        _grant("OwnData", "menu_access"),
        *_INMATES,
        _grant("LawyerApplicationView|FamilyApplicationView", "can_list|can_show|can_review|can_paper|can_undo"),
        _grant("GrantView", "can_list|can_show|can_change"),
        _grant("FamilyEntryView", "can_list|can_review|can_picture|can_print"),
        _grant("AgencyBookView", "can_list|can_delete"),
        _grant("AgencyBookFormView", "can_add|can_edit|can_picture"),
        _grant("Books|FamilyEntries|EntryPrints|AgencyBook", "menu_access"),
        _grant("ParameterView", "can_list|can_edit"),
        _grant("VisitHoursView", "can_list|can_edit"),
        _grant("ClosureView", "can_list|can_show|can_change"),
        _grant("NoticeView", "can_list|can_show|can_add|can_edit|can_delete"),
        _grant("Hours|VisitHours|Closures|Notices", "menu_access"),
        _grant("MessageLogView", "can_list|can_show"),
        _grant("UndeliveredView", "can_list|can_handle"),
        _grant("StatisticsView", "can_list|can_export"),
        _grant("Statistics", "menu_access"),
        _grant("System|Services|LawyerApplications|Grants|Parameters|Messages|Undelivered", "menu_access"),
        _grant("FamilyApplications", "menu_access"),
        _DEVICES,
        _CASE_FILES,
        _grant("FamilyBookingView|DeviceVisitView", "can_export"),
        _grant("FamilyBookingView", "can_list"),
        _grant("DeviceVisits|FamilyBookings|Security|VisitManagement", "menu_access"),
    ],
    StaffRole.VISIT_DESK.value: [
        _OWN,
        *_FACES,
        _ACCOUNT,
        _grant("OwnData", "menu_access"),
        _grant("BookingReviewView", "can_list|can_review"),
        _grant("OnsiteBookingView", "can_list|can_show|can_search|can_slip|can_enter|can_maintain"),
        _grant("PhoneBookingView|WalkInView", "can_add"),
        _grant("DayDeskView|WaitingBoardView", "can_list|can_move|can_renew"),
        _grant("DayDesk|WaitingBoard", "menu_access"),
        _grant("RosterView", "can_list|can_print|can_download"),
        _grant("Security|VisitManagement|BookingReview|OnsiteBookings|WalkIns|Roster", "menu_access"),
        _grant("RosterExportView", "can_export"),
        _DEVICES,
        _VISIT_FILES,
        _grant("FamilyBookingView", "can_list"),
        _grant("DeviceVisits|FamilyVisits|FamilyBookings", "menu_access"),
    ],
    StaffRole.HEADQUARTERS.value: [
        _OWN,
        *_PERSONS,
        _grant("PersonMergeView", "can_merge"),
        _ACCOUNT,
        _grant("OwnData", "menu_access"),
        *_INMATES,
        _CASE_FILES,
        _VISIT_FILES,
        _grant("StaffView", "can_export"),
        _grant("LawyerApplicationView|FamilyApplicationView", "can_list|can_show|can_review|can_paper|can_undo"),
        _grant("GrantView", "can_list|can_show|can_change"),
        _grant("FamilyEntryView", "can_list|can_review|can_picture|can_print"),
        _grant("AgencyBookView", "can_list|can_delete"),
        _grant("AgencyBookFormView", "can_add|can_edit|can_picture"),
        _grant("Books|FamilyEntries|EntryPrints|AgencyBook", "menu_access"),
        _grant("ParameterView", "can_list|can_edit"),
        _grant("VisitHoursView", "can_list|can_edit"),
        _grant("ClosureView", "can_list|can_show|can_change"),
        _grant("NoticeView", "can_list|can_show|can_add|can_edit|can_delete"),
        _grant("Hours|VisitHours|Closures|Notices", "menu_access"),
        _grant("MessageLogView", "can_list|can_show"),
        _grant("UndeliveredView", "can_list|can_handle"),
        _grant("StatisticsView", "can_list|can_export"),
        _grant("Statistics", "menu_access"),
        _grant("AgencyView", "can_list|can_show|can_add|can_edit"),
        _grant("OfficeCalendarView|ReasonView|PrivacyNoticeView", "can_list|can_change"),
        _grant("OfficeCalendar|Reasons|PrivacyNotices", "menu_access"),
        _grant("MessageTemplateView", "can_list|can_edit"),
        _grant("JobView", "can_list|can_run"),
        _grant("AccessKeyView", "can_list|can_add|can_revoke"),
        _grant("AccessKeys", "menu_access"),
        _grant("Templates|Messages|Undelivered|Jobs", "menu_access"),
        _grant("StaffView", "can_list|can_show|can_add|can_edit|can_change"),
        _grant("BookingReviewView", "can_list|can_review"),
        # Visits are entered and changed where they take place.
        _grant("DayDeskView|WaitingBoardView", "can_list"),
        _grant("DayDesk|WaitingBoard", "menu_access"),
        _grant("OnsiteBookingView", "can_list|can_show|can_search|can_slip"),
        _grant("RosterView", "can_list|can_print|can_download"),
        _grant("RosterExportView", "can_export"),
        _grant(
            "System|Services|LawyerApplications|Grants|Parameters|Agencies|Staff|Security|VisitManagement|BookingReview|Roster",
            "menu_access",
        ),
        _grant("OnsiteBookings|FamilyApplications", "menu_access"),
        _grant("DeviceVisitView", "can_list|can_show|can_review"),
        _grant("FamilyBookingView", "can_list"),
        _grant("DeviceVisits|FamilyVisits|FamilyBookings", "menu_access"),
    ],
    StaffRole.AUDITOR.value: [
        _grant("SignInView|LanguageView", "can_.*"),
        _ACCOUNT,
        _grant("AuditConsole", "can_access"),
    ],
}
