"""Papers of an application (SPEC §3): which a lawyer is asked for, and of all how many, of what type, how large."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import RuleError
from app.i18n import _l
from app.rules.characters import TextTooLong
from app.rules.vocabulary import AttachmentKind, Relationship

MEGABYTE = 1024 * 1024
#: All papers of one application together (manual).
PAPER_LIMIT_BYTES = 30 * MEGABYTE
SLOTS = 4

DOCUMENT_TYPES = ("PDF", "PNG", "JPG", "JPEG")
PICTURE_TYPES = ("PNG", "JPG", "JPEG")
ACCEPTED_TYPES: Mapping[AttachmentKind, tuple[str, ...]] = {
    kind: PICTURE_TYPES if kind is AttachmentKind.PORTRAIT else DOCUMENT_TYPES for kind in AttachmentKind
}


class DocumentMissing(RuleError):
    """A paper that must be there is not."""

    sentence = _l("請上傳%(paper)s，至少1份。")


class TooManyFiles(RuleError):
    """More files than a kind of paper has slots."""

    sentence = _l("%(paper)s最多可上傳%(maximum)s份，目前為%(count)s份。請移除多餘的檔案。")


class DocumentNotAsked(RuleError):
    """A kind of paper that this application has no use for, and that nobody should therefore hand in."""

    sentence = _l("本項申請無須上傳%(paper)s。請移除該檔案後再送出。")


class FileTypeRefused(RuleError):
    """The file's name does not end like an accepted type; its content is checked elsewhere."""

    sentence = _l("「%(file)s」不是可接受的檔案，請改用%(types)s。")


class FilesTooBig(RuleError):
    """All files of one application together exceed the limit."""

    sentence = _l("檔案合計%(used)s MB，超過上限%(limit)s MB。請移除或縮小後再上傳，其他檔案已保留。")
    status = 413


class CertificateNumberMissing(RuleError):
    """A lawyer applies with the number of the bar certificate, which the officer looks up."""

    sentence = _l("請填寫律師證書字號。")


class SupervisingLawyerMissing(RuleError):
    """A trainee comes with a supervising lawyer."""

    sentence = _l("請填寫指導律師姓名。")


@dataclass(frozen=True)
class Requirement:
    """How many files of one kind an application needs and takes; ``hint`` says when to add them."""

    kind: AttachmentKind
    minimum: int
    maximum: int = SLOTS
    hint: Any = ""


FIELDS: Mapping[Relationship, Mapping[str, type[RuleError]]] = {
    Relationship.LAWYER: {"certificate_number": CertificateNumberMissing},
    Relationship.TRAINEE_LAWYER: {"supervising_lawyer": SupervisingLawyerMissing},
}


#: The typed fields that say something in each relationship: a defender who is a lawyer gives the number too.
OWN_FIELDS: Mapping[Relationship, tuple[str, ...]] = {
    Relationship.LAWYER: ("certificate_number",),
    Relationship.DEFENDER: ("certificate_number",),
    Relationship.TRAINEE_LAWYER: ("supervising_lawyer",),
}

#: As many characters as an application keeps of each.
LONGEST = {"certificate_number": 40, "supervising_lawyer": 50}


def own_fields(relationship: Relationship, values: Mapping[str, str | None]) -> dict[str, str]:
    """What was typed and belongs to this relationship: a number typed under another choice is not sent along."""
    typed = {name: (values.get(name) or "").strip() for name in OWN_FIELDS.get(relationship, ())}
    return {name: value for name, value in typed.items() if value}


def check_fields(relationship: Relationship, values: Mapping[str, str | None]) -> list[RuleError]:
    """The errors of fields left empty or too long, in the order of the form."""
    fields, typed = FIELDS.get(relationship, {}), own_fields(relationship, values)
    errors: list[RuleError] = [missing(field) for field, missing in fields.items() if field not in typed]
    return errors + [
        TextTooLong(field, longest=LONGEST[field]) for field, value in typed.items() if len(value) > LONGEST[field]
    ]


_IDENTITY_HINTS: Mapping[Relationship, Any] = {
    Relationship.LAWYER: _l("請上傳律師證。"),
    Relationship.DEFENDER: _l("辯護人為律師者，請上傳律師證；非律師者，請上傳身分證。"),
    Relationship.TRAINEE_LAWYER: _l("請上傳學習律師證明及身分證。"),
}
_MANDATE_HINTS: Mapping[Relationship, Any] = {
    Relationship.TRAINEE_LAWYER: _l("請上傳指導律師之委任狀。"),
    Relationship.LITIGATION_AGENT: _l("請上傳委任狀，或足以證明您與本案關係之文件。"),
    Relationship.INTERPRETER: _l("通譯請上傳切結書、法院通知，或所陪同律師之委任狀。"),
}


def required_papers(relationship: Relationship, *, holds_certificate: bool = True) -> tuple[Requirement, ...]:
    """The papers on the form of a lawyer's application, in its order.

    Identity and mandate are asked of all five relationships, as on the manual's one form; an interpreter has no
    mandate of his own and shows the paper that brings him in. A defender who is no lawyer (``holds_certificate``
    false) comes with the presiding judge's leave (刑事訴訟法 §29). Consent is always offered and never required, so
    that the form tells nobody who is under 禁止接見.
    """
    papers = [
        Requirement(AttachmentKind.IDENTITY, 1, hint=_IDENTITY_HINTS.get(relationship, "")),
        Requirement(AttachmentKind.MANDATE, 1, hint=_MANDATE_HINTS.get(relationship, "")),
    ]
    if relationship is Relationship.DEFENDER:
        leave_hint = _l("辯護人非律師者，請上傳審判長許可文件（刑事訴訟法第29條）。")
        papers.append(Requirement(AttachmentKind.COURT_LEAVE, 0 if holds_certificate else 1, hint=leave_hint))
    consent_hint = _l(
        "如該收容人受禁止接見通信處分，非其辯護人之律師及通譯，請一併上傳法院（審判中）或檢察官（偵查中）同意文件。"
    )
    papers += [Requirement(AttachmentKind.CONSENT, 0, hint=consent_hint), Requirement(AttachmentKind.OTHER, 0)]
    return tuple(papers)


def check_against(papers: Iterable[Requirement], kinds: Iterable[AttachmentKind]) -> list[RuleError]:
    """Everything wrong with the files handed in (one ``kind`` each) for these papers, in the order of the form."""
    counts = Counter(kinds)
    errors: list[RuleError] = []
    for paper in papers:
        count = counts.pop(paper.kind, 0)
        if count < paper.minimum:
            errors.append(DocumentMissing(paper.kind.value, paper=paper.kind.label))
        if count > paper.maximum:
            shown = {"paper": paper.kind.label, "maximum": paper.maximum, "count": count}
            errors.append(TooManyFiles(paper.kind.value, **shown))
    errors += [DocumentNotAsked(kind.value, paper=kind.label) for kind in counts]
    return errors


def check_file_name(kind: AttachmentKind, file_name: str) -> None:
    """Refuse a file whose name does not end like a type that this kind accepts: FileTypeRefused."""
    types = ACCEPTED_TYPES[kind]
    stem, dot, ending = file_name.rpartition(".")
    if not (stem and dot and ending.upper() in types):
        raise FileTypeRefused(kind.value, file=file_name, types="、".join(types))


def slots_of(kind: AttachmentKind) -> int:
    """How many files of a kind one application takes: one photograph is what a face is compared with."""
    return 1 if kind is AttachmentKind.PORTRAIT else SLOTS


def check_budget(used: int, adding: int, limit: int = PAPER_LIMIT_BYTES) -> None:
    """Refuse a file (``adding`` bytes) that, with those already there (``used``), exceeds ``limit``: FilesTooBig."""
    if used + adding > limit:
        raise FilesTooBig("file", used=megabytes(used + adding), limit=f"{limit / MEGABYTE:g}")


def megabytes(size_bytes: int) -> str:
    """A size for the meter, in MB to one decimal, rounded up: one byte over 30 MB must not read 30.0."""
    return f"{math.ceil(size_bytes * 10 / MEGABYTE) / 10:.1f}"
