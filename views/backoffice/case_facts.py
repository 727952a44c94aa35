"""What the review page tells about a case: pairs of label and value in the manual's words, nothing masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import get_locale

from app import clock
from app.i18n import DEFAULT_LOCALE, _, _l
from app.rules import closure_words, family_items, visit_words
from app.rules import grants as grant_rules
from app.rules.dates import birth_date_shown, list_date, log_time
from app.rules.grants import GrantStanding
from app.rules.visit_rules import grade_of
from app.rules.vocabulary import IdentityKind, Relationship, RestrictionKind, ServiceItem
from app.services import item_verdicts, paper_refusals, reasons
from models import Applicant, ApplicationItem, Inmate, InmateRestriction, ServiceApplication, ServiceGrant

Facts = list[tuple[str, str]]
NONE = "－"
_SEXES = {"M": _l("男"), "F": _l("女")}


@dataclass(frozen=True)
class Restriction:
    """One restriction on the inmate, and what it means for this applicant (empty: look at the papers)."""

    label: str
    span: str
    details: str
    meaning: str


def locale() -> str:
    """The reader's language."""
    return str(get_locale() or DEFAULT_LOCALE)


def day(value: date | None) -> str:
    """A day in a block of facts."""
    return list_date(value) if value else NONE


def reason(text: str | None, note: str | None) -> str:
    """A reason with what was added to it, in the reader's language."""
    return reasons.shown(text, note, locale()) or NONE


def move_reason(text: str | None) -> str:
    """Why a record was moved: what is of a list (reasons, closures) in the reader's language, own words as they are."""
    head, _mark, note = (text or "").partition("：")
    return reasons.shown(closure_words.worded(head), note, locale())


def custody(text: str | None) -> str:
    """處分種類 in the reader's words."""
    return str(visit_words.CUSTODY.get(text or "", text)) if text else NONE


def grade(text: str | None) -> str:
    """教化等級 in the reader's words, however the prison system writes it."""
    return str(visit_words.GRADES[found] if (found := grade_of(text)) else text) if text else NONE


def moment(value: datetime | None) -> str:
    """An instant in a block of facts."""
    return log_time(clock.local(value), locale()) if value else NONE


def inmate_facts(inmate: Inmate) -> Facts:
    """收容人資訊 (WORDING ``inmate_block``)."""
    return [
        (_("呼號"), inmate.number),
        (_("收容人"), inmate.name),
        (_("性別"), str(_SEXES.get(inmate.sex or "", inmate.sex or NONE))),
        (_("出生日期"), birth_date_shown(inmate.birth_date, locale()) if inmate.birth_date else NONE),
        (_("身分證號"), inmate.id_number or NONE),
        (_("教化等級"), grade(inmate.treatment_grade)),
        (_("入監所日期"), day(inmate.admitted_on)),
        (_("入本監日期"), day(inmate.transferred_in_on)),
        (_("處分種類"), custody(inmate.custody_type)),
        (_("收容狀態"), str(inmate.status.label)),
    ]


def applicant_facts(application: ServiceApplication) -> Facts:
    """申請人資訊: what the papers are compared with."""
    applicant = application.applicant
    facts = [
        (_("申請人"), applicant.name),
        (_("關係"), str(application.relation.label)),
        (_("身分證號"), _id_number(applicant)),
        (_("出生日期"), birth_date_shown(applicant.birth_date, locale())),
        (_("手機"), applicant.mobile),
        (_("電話"), applicant.landline or NONE),
        (_("電子郵件"), applicant.mail),
        (_("職業"), applicant.occupation),
    ]
    if application.certificate_number or application.relation == Relationship.LAWYER:
        facts.append((_("律師證書字號"), application.certificate_number or NONE))
    if application.supervising_lawyer or application.relation == Relationship.TRAINEE_LAWYER:
        facts.append((_("指導律師"), application.supervising_lawyer or NONE))
    bound = applicant.id_bound_at
    facts.append((_("身分確認"), moment(bound) if bound else _("尚未確認（核准本件即完成確認）")))
    return facts


def result_facts(application: ServiceApplication, grants: list[ServiceGrant]) -> Facts:
    """What became of a decided application."""
    officer = application.decided_by
    facts = [
        (_("審核結果"), str(application.state.label)),
        (_("審核時間"), moment(application.decided_at)),
        (_("審核人員"), officer.full_name if officer else NONE),
    ]
    if application.rejection_reason:
        if application.item is not ServiceItem.FAMILY:  # a family's reasons stand item by item
            facts.append((_("不通過原因"), reason(application.rejection_reason, None)))
            facts.append((_("補充說明"), application.rejection_note or NONE))
        facts += [(_("須補正：%(paper)s", paper=title), why) for title, why in refused_papers(application)]
    of_case = [grant for grant in grants if grant.application_id == application.id]
    if application.item is not ServiceItem.FAMILY:
        return facts + [(_("有效期限"), span(grant.from_on, grant.until_on)) for grant in of_case]
    spans = {grant.item: span(grant.from_on, grant.until_on) for grant in of_case}
    return facts + [(str(row.item.label), item_result(row, spans.get(row.item, ""))) for row in _items(application)]


def item_result(row: ApplicationItem, valid: str) -> str:
    """What became of one item of a family's application: its span where it was granted, else why not."""
    why = reason(row.rejection_reason, row.rejection_note) if row.rejection_reason else valid
    return "　".join(filter(None, (str(row.state.label), why)))


def asked_for(application: ServiceApplication) -> str:
    """服務項目: a family's single items, in one line."""
    if application.item is not ServiceItem.FAMILY:
        return str(application.item.label)
    return family_items.named((row.item for row in _items(application)), locale())


def _items(application: ServiceApplication) -> list[ApplicationItem]:
    return item_verdicts.ordered(application)


def restrictions(application: ServiceApplication, today: date) -> list[Restriction]:
    """The inmate's restrictions of today."""
    return [
        Restriction(str(r.kind.label), span(r.from_on, r.until_on), r.details or "", meaning(r, application.relation))
        for r in application.inmate.restrictions
        if r.holds_on(today)
    ]


def refused_papers(application: ServiceApplication) -> Facts:
    """The papers of a refused application that had to be mended, each with its reason."""
    return [(title, reason(paper.refusal, paper.refusal_note)) for title, paper in paper_refusals.refused(application)]


def still_valid(
    grants: list[ServiceGrant], application: ServiceApplication, today: date
) -> dict[ServiceItem, ServiceGrant]:
    """The grants of earlier applications that the applicant can use today, by item: an approval would be a renewal."""
    usable = (g for g in reversed(grants) if g.application_id != application.id and g.holds_on(today))
    return {grant.item: grant for grant in usable}  # of several, the one that lasts longest stands first


def standing(grant: ServiceGrant) -> GrantStanding:
    """How a grant stands today."""
    return grant_rules.standing(grant.state, grant.until_on, clock.today())


def span(from_on: date, until_on: date | None) -> str:
    """From a day until another, or until further notice."""
    return f"{list_date(from_on)}~{list_date(until_on) if until_on else ''}"


def _id_number(applicant: Applicant) -> str:
    """The number, and of what kind it is where that is not the usual one."""
    if applicant.id_kind == IdentityKind.NATIONAL_ID:
        return str(applicant.id_number)
    return "　".join(filter(None, (applicant.id_number, str(applicant.id_kind.label), applicant.id_country)))


def meaning(restriction: InmateRestriction, relation: Relationship) -> str:
    """What the law makes of a restriction (SPEC §3); a judge's own order is for a person to read."""
    if not relation.is_lawyers:
        return _("請依限制內容及法令審酌親友之接見、通信。")
    if restriction.kind == RestrictionKind.NO_CONTACT_ORDER:
        if relation == Relationship.DEFENDER:
            return _("辯護人接見不受禁止接見通信限制。")
        return _("非辯護人之律師及通譯，須附法院（審判中）或檢察官（偵查中）同意文件。")
    if restriction.kind == RestrictionKind.JUDGES_RESTRICTION:
        return _("請核對限制書所載之辯護人及限制內容。")
    if restriction.kind in (RestrictionKind.DISCIPLINARY, RestrictionKind.PROTECTIVE_ISOLATION):
        return _("不影響律師、辯護人接見。")
    return ""
