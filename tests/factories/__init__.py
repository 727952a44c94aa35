"""Rows for tests, made through the models: valid, plausible, and each with what a test says about it.

Every function takes the columns it should set by keyword, makes what it needs around the row, and returns the saved
row. Inside ``with transaction():`` it joins that transaction, which is also the quick way to make many rows.
"""

from tests.factories.books import (
    agency_entry,
    agency_message,
    application_item,
    book_attachment,
    book_file,
    entry,
    family_grant,
)
from tests.factories.cases import (
    application,
    attachment,
    companion,
    draft,
    family_application,
    grant,
    granted,
    message_template,
    notification,
    rejection_reason,
    reservation,
)
from tests.factories.people import (
    PASSWORD,
    agency,
    applicant,
    auditor,
    calendar_day,
    desk,
    headquarters,
    inmate,
    officer,
    parameter,
    privacy_notice,
    restriction,
    role,
    unverified_applicant,
)
from tests.factories.rows import id_number, made, saved
from tests.factories.visits import closure, relative, session_visit, timetable, visit_rules

__all__ = [
    "PASSWORD",
    "agency",
    "agency_entry",
    "agency_message",
    "applicant",
    "application",
    "application_item",
    "attachment",
    "auditor",
    "book_attachment",
    "book_file",
    "calendar_day",
    "closure",
    "companion",
    "desk",
    "draft",
    "family_application",
    "entry",
    "family_grant",
    "grant",
    "granted",
    "headquarters",
    "id_number",
    "inmate",
    "made",
    "message_template",
    "notification",
    "officer",
    "parameter",
    "privacy_notice",
    "rejection_reason",
    "relative",
    "session_visit",
    "reservation",
    "restriction",
    "role",
    "saved",
    "timetable",
    "unverified_applicant",
    "visit_rules",
]
