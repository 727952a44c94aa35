"""Nouns, states and legal moves; no session, no request, no mail."""

from models.access_key import AccessKey
from models.agency import Agency, AgencyParameter, CalendarDay
from models.applicant import Applicant, Consent, OneTimeToken, PrivacyNotice
from models.application import ApplicationDraft, ApplicationItem, Attachment, ServiceApplication, ServiceGrant
from models.audit import AuditCounter, AuditEntry, AuditSeal, AuditValues
from models.base import Base, new_id
from models.contact_book import AgencyBookEntry, AgencyBookReading, BookAttachment, BookPrint, FamilyBookEntry
from models.guard import AttemptCounter, FormerPassword, RecoveryCode, SecondFactor
from models.inmate import Inmate, InmateRestriction
from models.inmate_import import ImportFault, InmateImport, StagedInmate, StagedRestriction
from models.job import JobRun, WorkerBeat
from models.message import MessageTemplate, MessageTemplateEdition, Notification
from models.move import StateMove
from models.notice import Notice
from models.reason import RejectionReason
from models.recognition import RecognitionResult
from models.reservation import Companion, Reservation, RosterEdition, RosterSupplement
from models.session import BrowserSession, SessionKind
from models.staff import Officer
from models.visit import PlaceHold, VisitClosure, VisitRules, VisitSession
from models.work_item import WorkItem

__all__ = [
    "Agency",
    "AgencyBookEntry",
    "AgencyBookReading",
    "AgencyParameter",
    "AccessKey",
    "Applicant",
    "ApplicationDraft",
    "ApplicationItem",
    "Attachment",
    "AttemptCounter",
    "AuditCounter",
    "AuditEntry",
    "AuditSeal",
    "AuditValues",
    "Base",
    "BookAttachment",
    "BookPrint",
    "BrowserSession",
    "CalendarDay",
    "Companion",
    "Consent",
    "FamilyBookEntry",
    "FormerPassword",
    "ImportFault",
    "Inmate",
    "InmateImport",
    "InmateRestriction",
    "JobRun",
    "MessageTemplate",
    "MessageTemplateEdition",
    "Notice",
    "Notification",
    "Officer",
    "OneTimeToken",
    "PlaceHold",
    "PrivacyNotice",
    "RecognitionResult",
    "RecoveryCode",
    "RejectionReason",
    "Reservation",
    "RosterEdition",
    "RosterSupplement",
    "SecondFactor",
    "ServiceApplication",
    "ServiceGrant",
    "SessionKind",
    "StagedInmate",
    "StagedRestriction",
    "StateMove",
    "VisitClosure",
    "VisitRules",
    "VisitSession",
    "WorkItem",
    "WorkerBeat",
    "new_id",
]
