"""Which message goes by which channel (SPEC §6).

A mail is always queued: it alone carries papers, calendar and the way to complain. What cannot wait goes by SMS, too;
of the rest an SMS is queued besides where the person wants that, and instead where the mail does not arrive.
"""

from __future__ import annotations

#: Mail and SMS both: decisions, what an agency changes, cancellations, closures. An event without an SMS text has none.
BOTH = frozenset(
    {
        *("lawyer_approved", "lawyer_rejected", "lawyer_rejected_papers"),
        *("lawyer_approval_undone", "lawyer_rejection_undone"),
        *("family_approved", "family_decided", "family_decided_papers"),
        *("family_approval_undone", "family_rejection_undone", "entry_approved", "entry_rejected"),
        *("booking_approved", "booking_rejected", "booking_cancelled"),
        *("family_booking_approved", "family_booking_rejected", "family_booking_cancelled"),
        *("mobile_booking_approved", "remote_booking_approved", "mobile_arranged"),
        *("booking_changed_by_agency", "booking_cancelled_by_agency", "closure"),
        *("lawyer_closure", "closure_reopened", "closure_ended", "lawyer_closure_ended"),
        *("visit_refused", "visit_inmate_away"),
    }
)
#: Messages that are nothing but an SMS.
SMS_ONLY = frozenset({"mobile_code"})

#: No place of an SMS is longer: an officer's words stand whole in the mail.
LONGEST_PLACE = 30


def goes_with_mail(event: str, prefers_sms: bool, mail_comes_back: bool) -> bool:
    """Whether the SMS of an event is queued together with its mail."""
    return event in BOTH or prefers_sms or mail_comes_back


def shortened(value: str) -> str:
    """A value as an SMS shows it: one line, and not long."""
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_PLACE else f"{line[: LONGEST_PLACE - 1]}…"
