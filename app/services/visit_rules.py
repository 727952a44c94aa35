"""An agency's rules for visits by session: what it has decided, else the statutory defaults."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from app.extensions import db
from app.rules import visit_documents
from app.rules.visit_rules import VisitRulesDocument
from app.rules.vocabulary import VisitKind
from models import VisitRules

_DEFAULTS = Path(__file__).resolve().parents[1] / "seeds" / "data" / "visit_defaults.yaml"
#: Visits that are booked by session; a lawyer on site announces an arrival instead.
SESSION_KINDS = (
    VisitKind.FAMILY_ON_SITE,
    VisitKind.FAMILY_REMOTE,
    VisitKind.FAMILY_MOBILE,
    VisitKind.LAWYER_MOBILE,
)


@cache
def defaults() -> dict[VisitKind, dict[str, Any]]:
    """The statutory defaults by kind, as documents."""
    read = yaml.safe_load(_DEFAULTS.read_text(encoding="utf-8"))["documents"]
    return {kind: visit_documents.normal(read[kind.value]) for kind in SESSION_KINDS}


def row_of(agency_id: str, kind: VisitKind) -> VisitRules | None:
    """What the agency itself has decided; None where the defaults hold."""
    return db.session.scalar(select(VisitRules).where(VisitRules.agency_id == agency_id, VisitRules.kind == kind))


def document_of(agency_id: str, kind: VisitKind) -> dict[str, Any]:
    """The readable rules in force, the agency's own or the defaults."""
    row = row_of(agency_id, kind)
    return dict(row.document) if row else dict(defaults()[kind])


def rules_of(agency_id: str, kind: VisitKind) -> VisitRulesDocument:
    """The rules in force at an agency for one kind of visit."""
    return parsed(kind, document_of(agency_id, kind))


def parsed(kind: VisitKind, document: dict[str, Any]) -> VisitRulesDocument:
    """The values of a stored document; the same text is read once, however many ask (values are never changed)."""
    return _parsed(kind, json.dumps(document, sort_keys=True))


@lru_cache(maxsize=500)
def _parsed(kind: VisitKind, text: str) -> VisitRulesDocument:
    return visit_documents.parse(kind, json.loads(text))


def own_of(agency_id: str) -> list[VisitRulesDocument]:
    """What the agency offers by session from a timetable of its own, in the order of the kinds."""
    rows = {row.kind: row for row in db.session.scalars(select(VisitRules).where(VisitRules.agency_id == agency_id))}
    found = [parsed(kind, rows[kind].document) for kind in SESSION_KINDS if kind in rows]
    return [rules for rules in found if rules.offered and rules.timetable]


@dataclass(frozen=True)
class InForce:
    """What holds for one kind at one agency, and since when where the agency has decided it itself."""

    kind: VisitKind
    rules: VisitRulesDocument
    changed_at: datetime | None

    @property
    def is_own(self) -> bool:
        """Whether the agency has decided it."""
        return self.changed_at is not None


def in_force(agency_ids: Sequence[str]) -> dict[str, list[InForce]]:
    """The rules of many agencies, kind by kind; one statement."""
    rows = db.session.scalars(select(VisitRules).where(VisitRules.agency_id.in_(agency_ids)))
    own = {(row.agency_id, row.kind): row for row in rows}
    statutory = {kind: InForce(kind, parsed(kind, defaults()[kind]), None) for kind in SESSION_KINDS}

    def of(agency_id: str, kind: VisitKind) -> InForce:
        row = own.get((agency_id, kind))
        return InForce(kind, parsed(kind, row.document), row.updated_at) if row else statutory[kind]

    return {agency_id: [of(agency_id, kind) for kind in SESSION_KINDS] for agency_id in agency_ids}
