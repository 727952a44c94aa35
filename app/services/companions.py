"""其他接見人: typed by the booker, checked one by one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app import clock
from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules import identity_numbers, names
from app.rules.vocabulary import LAWYERS, IdentityKind

#: More than one form carries; there is no such cap for lawyers in law (監獄行刑法 §72).
MOST_COMPANIONS = 10


class TooManyCompanions(RuleError):
    """More companions than a form can carry."""

    sentence = _l("其他接見人以%(n)s人為限，請減少同行人。")


class CompanionRelationMissing(RuleError):
    """A companion comes in a capacity."""

    sentence = _l("請選擇其他接見人的身分。")


@dataclass(frozen=True)
class CompanionData:
    """A companion as typed: name, ID number (national or resident), capacity."""

    name: str
    id_number: str
    relation: str


def clean_companions(companions: Iterable[CompanionData]) -> list[CompanionData]:
    """Companions as they are stored; raises ``RuleErrors`` with fields ``companions-N-name`` and so on."""
    clean: list[CompanionData] = []
    errors: list[RuleError] = []
    for position, typed in enumerate(companions):
        place = f"companions-{position}"
        name, number = typed.name, typed.id_number
        try:
            name = names.clean_name(typed.name, field=f"{place}-name")
        except RuleError as error:
            errors.append(error)
        try:
            raw = unicodedata.normalize("NFKC", typed.id_number).strip().upper()
            resident = len(raw) > 1 and raw[1] not in "12"
            kind = IdentityKind.RESIDENT_ID if resident else IdentityKind.NATIONAL_ID
            number = identity_numbers.normalise(kind, raw, clock.today())
        except RuleError as error:
            error.field = f"{place}-id_number"
            errors.append(error)
        if typed.relation not in LAWYERS:
            errors.append(CompanionRelationMissing(f"{place}-relation"))
        clean.append(CompanionData(name, number, typed.relation))
    if len(clean) > MOST_COMPANIONS:
        errors.append(TooManyCompanions("companions", n=MOST_COMPANIONS))
    if errors:
        raise RuleErrors(errors)
    return clean
