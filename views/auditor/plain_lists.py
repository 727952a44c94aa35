"""Every table without more to say than its columns: one line each, newest first by an index (migration 0010).

What belongs to a record and has no time of its own stands beside that record's other rows; lists in which one looks
something up are read ``from_first``.
"""

from __future__ import annotations

import models as m
from views.auditor.plain import plain
from views.auditor.records import RecordView

VIEWS: dict[type, type[RecordView]] = {
    m.ApplicationItem: plain(m.ApplicationItem, "application_id item state rejection_reason", "application_id item id"),
    m.Attachment: plain(
        m.Attachment,
        "application_id kind media_type size_bytes pages created_at refusal",
        "created_at id",
        always=(m.Attachment.application_id.is_not(None),),  # a draft is its writer's alone
    ),
    m.ServiceGrant: plain(
        m.ServiceGrant,
        "agency inmate applicant item relation from_on until_on state",
        "until_on id",
        "reason application_id created_at updated_at",
    ),
    m.Companion: plain(
        m.Companion, "reservation_id position name relation", "reservation_id position id", "grant_id", from_first=True
    ),
    m.VisitSession: plain(
        m.VisitSession,
        "agency kind visit_on starts_at minutes capacity taken state",
        "visit_on starts_at id",
        "created_at updated_at",
    ),
    m.PlaceHold: plain(m.PlaceHold, "applicant inmate session_id expires_at extensions", "expires_at id", "grant_id"),
    m.RosterEdition: plain(
        m.RosterEdition, "agency visit_on edition printed_at printed_by", "printed_at id", "source_filter"
    ),
    m.RosterSupplement: plain(m.RosterSupplement, "edition_id printed_at printed_by", "printed_at id"),
    m.RecognitionResult: plain(
        m.RecognitionResult,
        "agency reservation_id captured_at threshold verdict source override",
        "captured_at id",
        "overridden_at overridden_by access_key_id created_at",
    ),
    m.BookAttachment: plain(
        m.BookAttachment, "entry_id agency_entry_id media_type size_bytes pages created_at", "created_at id"
    ),
    m.BookPrint: plain(m.BookPrint, "agency unit printed_at printed_by", "printed_at id"),
    m.AgencyBookReading: plain(m.AgencyBookReading, "entry_id read_at", "read_at id"),
    m.Applicant: plain(
        m.Applicant,
        "name id_kind state created_at mail_verified_at mobile_verified_at",
        "created_at id",
        "id_bound_at locale prefers_sms mail_bounced_at merged_into_id erased_at updated_at",
    ),
    m.Consent: plain(m.Consent, "applicant notice_id at", "at id"),
    m.Inmate: plain(m.Inmate, "agency itself is_juvenile unit status created_at", "created_at id", "updated_at"),
    m.InmateRestriction: plain(
        m.InmateRestriction, "inmate kind from_on until_on", "from_on id", "created_at updated_at"
    ),
    m.InmateImport: plain(
        m.InmateImport,
        "agency source state created_at lines faults added changed left made_by",
        "created_at id",
        "checked unchanged touched checked_at applied_at applied_by access_key_id",
    ),
    m.ImportFault: plain(m.ImportFault, "import_id line column expected", "import_id line id", from_first=True),
    m.WorkItem: plain(
        m.WorkItem,
        "agency kind inmate subject_kind due_on is_done created_at",
        "created_at id",
        "done_at done_by subject_id",
    ),
    m.MessageTemplate: plain(
        m.MessageTemplate,
        "event channel locale subject updated_at",
        "event channel locale id",
        "body created_at",
        from_first=True,
    ),
    m.MessageTemplateEdition: plain(
        m.MessageTemplateEdition, "template_id subject saved_at saved_by", "saved_at id", "body"
    ),
    m.BrowserSession: plain(
        m.BrowserSession, "kind subject_id created_at seen_at expires_at revoked_at", "expires_at id"
    ),
    m.SecondFactor: plain(m.SecondFactor, "kind subject_id created_at confirmed_at", "created_at id"),
    m.AttemptCounter: plain(m.AttemptCounter, "purpose count until", "until id"),
    m.AccessKey: plain(
        m.AccessKey, "agency name scope hint expires_at last_used_at revoked_at made_by", "created_at id", "created_at"
    ),
    m.Agency: plain(
        m.Agency,
        "code name kind region active_from active_until",
        "name id",
        "full_name phone address updated_at",
        from_first=True,
    ),
    m.AgencyParameter: plain(
        m.AgencyParameter,
        "agency code meaning value updated_at",
        "agency_id position id",
        "next_value next_from_on created_at",
        from_first=True,
    ),
    m.VisitRules: plain(
        m.VisitRules, "agency kind is_offered updated_at", "agency_id kind id", "created_at", from_first=True
    ),
    m.VisitClosure: plain(
        m.VisitClosure, "agency kind period reason answer_by reopened_at made_by", "from_at id", "created_at"
    ),
    m.CalendarDay: plain(m.CalendarDay, "day is_working name", "day", "created_at updated_at"),
    m.RejectionReason: plain(
        m.RejectionReason, "scope text text_en is_active", "scope position id", "updated_at", from_first=True
    ),
    m.PrivacyNotice: plain(m.PrivacyNotice, "title published_at", "published_at id", "title_en body created_at"),
    m.Notice: plain(
        m.Notice, "agency kind title published_on until_on made_by", "published_on id", "body title_en created_at"
    ),
    m.StateMove: plain(
        m.StateMove, "at subject_kind move from_state to_state actor_kind actor_id", "at id", "subject_id"
    ),
    m.JobRun: plain(m.JobRun, "name started_at finished_at next_at is_failed result runs", "name id", from_first=True),
    m.WorkerBeat: plain(m.WorkerBeat, "name started_at seen_at", "seen_at id"),
    m.AuditSeal: plain(m.AuditSeal, "last_seq sealed_at", "last_seq id"),
}
