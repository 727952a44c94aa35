"""Nouns, states and legal moves; no session, no request, no mail."""

from models.agency import Agency, AgencyParameter, CalendarDay
from models.applicant import Applicant, Consent, OneTimeToken, PrivacyNotice
from models.application import ApplicationDraft, ApplicationItem, Attachment, ServiceApplication, ServiceGrant
from models.audit import AuditCounter, AuditEntry, AuditSeal, AuditValues
from models.base import Base, new_id
from models.contact_book import AgencyBookEntry, AgencyBookReading, BookAttachment, BookPrint, FamilyBookEntry
from models.guard import AttemptCounter, FormerPassword, RecoveryCode, SecondFactor
from models.inmate import Inmate, InmateRestriction
from models.job import JobRun, WorkerBeat
from models.message import MessageTemplate, MessageTemplateEdition, Notification
from models.move import StateMove
from models.reason import RejectionReason
from models.reservation import Companion, Reservation, RosterEdition, RosterSupplement
from models.session import BrowserSession, SessionKind
from models.staff import Officer
from models.visit import PlaceHold, VisitClosure, VisitRules, VisitSession

__all__ = [
    "SecondFactor",
    "RecoveryCode",
    "FormerPassword",
    "FamilyBookEntry",
    "AttemptCounter",
    "Agency",
    "AgencyBookEntry",
    "AgencyBookReading",
    "AgencyParameter",
    "Applicant",
    "ApplicationDraft",
    "ApplicationItem",
    "Attachment",
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
    "Inmate",
    "InmateRestriction",
    "JobRun",
    "MessageTemplate",
    "MessageTemplateEdition",
    "Notification",
    "Officer",
    "OneTimeToken",
    "PlaceHold",
    "PrivacyNotice",
    "RejectionReason",
    "Reservation",
    "RosterEdition",
    "RosterSupplement",
    "ServiceApplication",
    "ServiceGrant",
    "SessionKind",
    "StateMove",
    "VisitClosure",
    "VisitRules",
    "VisitSession",
    "WorkerBeat",
    "new_id",
]
