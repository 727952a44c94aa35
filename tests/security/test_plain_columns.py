"""What is sealed is what SPEC §11 lists; what personal data stay plain is a closed list with a reason (SECURITY.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from models import Base
from tests.guards.test_data_classes import our_columns, sealed_attributes

#: Personal and plain: lists are sorted, searched and printed by them, or a closed word says little by itself.
PLAIN = {
    "applicant.id_country",
    "applicant.name",
    "audit_entry.actor_name",
    "audit_entry.remote_address",
    "companion.name",
    "inmate.admitted_on",
    "inmate.custody_type",
    "inmate.is_juvenile",
    "inmate.name",
    "inmate.number",
    "inmate.sex",
    "inmate.transferred_in_on",
    "inmate.treatment_grade",
    "recognition_result.score",
    "reservation.visitor_certificate",
    "reservation.visitor_name",
    "service_application.certificate_number",
    "service_application.supervising_lawyer",
    "staged_inmate.admitted_on",
    "staged_inmate.custody_type",
    "staged_inmate.is_juvenile",
    "staged_inmate.name",
    "staged_inmate.number",
    "staged_inmate.sex",
    "staged_inmate.transferred_in_on",
    "staged_inmate.treatment_grade",
}
#: SPEC §11, in its order, as far as the matter exists in the program.
SEALED = {
    "ID numbers": {"applicant.id_number", "inmate.id_number", "companion.id_number"},
    "birth dates": {"applicant.birth_date", "inmate.birth_date"},
    "phones": {"applicant.mobile", "applicant.landline"},
    "addresses, e-mails, occupations": {"applicant.address", "applicant.mail", "applicant.occupation"},
    "restrictions' details": {"inmate_restriction.details"},
    "message bodies": {"notification.body", "notification.recipient", "notification.secret"},
    "uploads and drafts": {"application_draft.fields", "attachment.file_name"},
    "frozen rosters": {"roster_edition.content"},
    "second-factor secrets": {"second_factor.secret"},
    "trail values": {"audit_values.facts"},
}


def test_personal_data_in_the_plain_are_these_and_no_others() -> None:
    found = {
        f"{table.name}.{column.name}" for table, column in our_columns() if column.info["data_class"] == "personal"
    }
    new, gone = sorted(found - PLAIN), sorted(PLAIN - found)
    assert not new, f"Seal these, or give the reason in SECURITY.md and add them here: {new}"
    assert not gone, f"No longer there: {gone}"


@pytest.mark.parametrize("matter", SEALED)
def test_what_the_specification_lists_is_sealed(matter: str) -> None:
    sealed = {column.removesuffix("_sealed") for column in (f"{table}.{name}" for table, name in sealed_attributes())}
    assert not sorted(SEALED[matter] - sealed), matter


def test_plain_columns_are_told_in_the_open() -> None:
    text = (Path(config.ROOT) / "SECURITY.md").read_text()
    tables = Base.metadata.tables
    for column in PLAIN:
        table, name = column.split(".")
        assert name in tables[table].c
        assert f"`{column}`" in text, f"SECURITY.md does not say that {column} is plain, and why"
