"""Papers of a lawyer's application: which, how many, of what type, how large."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import documents
from app.rules.characters import TextTooLong
from app.rules.documents import (
    LONGEST,
    OWN_FIELDS,
    PAPER_LIMIT_BYTES,
    CertificateNumberMissing,
    DocumentMissing,
    DocumentNotAsked,
    FilesTooBig,
    FileTypeRefused,
    SupervisingLawyerMissing,
    TooManyFiles,
    check_against,
    check_budget,
    check_fields,
    check_file_name,
    megabytes,
    required_papers,
    slots_of,
)
from app.rules.vocabulary import AttachmentKind, Relationship

IDENTITY, MANDATE, CONSENT = AttachmentKind.IDENTITY, AttachmentKind.MANDATE, AttachmentKind.CONSENT
COURT_LEAVE, OTHER = AttachmentKind.COURT_LEAVE, AttachmentKind.OTHER


def check_papers(relationship, kinds, **capacity):
    """What is wrong with the papers of somebody who comes in this capacity."""
    return check_against(required_papers(relationship, **capacity), kinds)


@pytest.mark.parametrize("relationship", list(Relationship))
def test_everybody_shows_identity_and_mandate_in_four_slots(relationship):
    papers = {paper.kind: (paper.minimum, paper.maximum) for paper in required_papers(relationship)}
    assert papers[IDENTITY] == papers[MANDATE] == (1, 4)


@pytest.mark.parametrize("relationship", list(Relationship))
@pytest.mark.parametrize("holds_certificate", [True, False])
def test_consent_is_always_offered_and_never_required(relationship, holds_certificate):
    papers = {
        p.kind: (p.minimum, p.maximum) for p in required_papers(relationship, holds_certificate=holds_certificate)
    }
    assert papers[CONSENT] == papers[OTHER] == (0, 4)


def test_leave_of_the_court_is_for_defenders_who_are_no_lawyers():
    with_leave = [r for r in Relationship if COURT_LEAVE in {paper.kind for paper in required_papers(r)}]
    assert with_leave == [Relationship.DEFENDER]
    enough = [IDENTITY, MANDATE]
    assert check_papers(Relationship.DEFENDER, enough) == []
    [error] = check_papers(Relationship.DEFENDER, enough, holds_certificate=False)
    assert isinstance(error, DocumentMissing)
    assert error.field == "court_leave"
    assert check_papers(Relationship.DEFENDER, [*enough, COURT_LEAVE], holds_certificate=False) == []


@pytest.mark.parametrize(
    ("kinds", "errors"),
    [
        ([], [(DocumentMissing, "identity"), (DocumentMissing, "mandate")]),
        ([IDENTITY], [(DocumentMissing, "mandate")]),
        ([MANDATE, OTHER], [(DocumentMissing, "identity")]),
        ([IDENTITY] * 4 + [MANDATE] * 4 + [CONSENT] * 4 + [OTHER] * 4, []),
        ([IDENTITY] * 5 + [MANDATE], [(TooManyFiles, "identity")]),
        ([IDENTITY, MANDATE] + [OTHER] * 5, [(TooManyFiles, "other")]),
        ([IDENTITY, MANDATE, AttachmentKind.PORTRAIT], [(DocumentNotAsked, "portrait")]),
        ([IDENTITY, MANDATE, COURT_LEAVE], [(DocumentNotAsked, "court_leave")]),
    ],
)
def test_every_paper_that_is_wrong_is_told(kinds, errors):
    assert [(type(error), error.field) for error in check_papers(Relationship.LAWYER, kinds)] == errors


def test_a_missing_paper_is_named():
    error = check_papers(Relationship.LAWYER, [IDENTITY])[0]
    assert str(error) == "請上傳訴訟委任文件，至少1份。"
    error = check_papers(Relationship.LAWYER, [IDENTITY] * 6 + [MANDATE])[0]
    assert str(error) == "身分證明文件最多可上傳4份，目前為6份。請移除多餘的檔案。"


@given(st.sampled_from(list(Relationship)), st.lists(st.sampled_from(list(AttachmentKind)), max_size=30))
def test_papers_pass_exactly_when_each_count_lies_in_its_limits(relationship, kinds):
    limits = {paper.kind: range(paper.minimum, paper.maximum + 1) for paper in required_papers(relationship)}
    fits = all(kinds.count(kind) in limits.get(kind, range(1)) for kind in AttachmentKind)
    assert (check_papers(relationship, kinds) == []) == fits


@pytest.mark.parametrize(
    ("relationship", "fields"),
    [
        (Relationship.LAWYER, ("certificate_number",)),
        (Relationship.DEFENDER, ()),
        (Relationship.TRAINEE_LAWYER, ("supervising_lawyer",)),
        (Relationship.LITIGATION_AGENT, ()),
        (Relationship.INTERPRETER, ()),
    ],
)
def test_each_relationship_has_its_fields(relationship, fields):
    assert tuple(error.field for error in check_fields(relationship, {})) == fields


@pytest.mark.parametrize(
    ("relationship", "field", "error"),
    [
        (Relationship.LAWYER, "certificate_number", CertificateNumberMissing),
        (Relationship.TRAINEE_LAWYER, "supervising_lawyer", SupervisingLawyerMissing),
    ],
)
@pytest.mark.parametrize("value", [None, "", " \u3000"])
def test_an_empty_field_is_told(relationship, field, error, value):
    [missing] = check_fields(relationship, {field: value})
    assert isinstance(missing, error)
    assert missing.field == field
    assert check_fields(relationship, {field: "(106)臺檢證字第12345號"}) == []


@pytest.mark.parametrize("relationship", [Relationship.LAWYER, Relationship.DEFENDER, Relationship.TRAINEE_LAWYER])
def test_what_is_too_long_is_told_and_not_cut_off(relationship):
    [field] = OWN_FIELDS[relationship]
    [too_long] = check_fields(relationship, {field: "字" * (LONGEST[field] + 1)})
    assert isinstance(too_long, TextTooLong) and too_long.field == field
    assert check_fields(relationship, {field: "字" * LONGEST[field]}) == []


@pytest.mark.parametrize("name", ["委任狀.pdf", "a.b.PNG", "律師證.Jpeg", "x.jpg"])
def test_a_paper_may_be_a_pdf_or_a_picture(name):
    check_file_name(MANDATE, name)


@pytest.mark.parametrize("name", ["委任狀.docx", "pdf", ".pdf", "a.pdf.exe", "a.pdf ", ""])
def test_other_types_are_refused_with_the_types_to_use(name):
    with pytest.raises(FileTypeRefused) as refused:
        check_file_name(MANDATE, name)
    assert str(refused.value) == f"「{name}」不是可接受的檔案，請改用PDF、PNG、JPG、JPEG。"


def test_a_portrait_is_a_picture():
    check_file_name(AttachmentKind.PORTRAIT, "me.jpg")
    with pytest.raises(FileTypeRefused):
        check_file_name(AttachmentKind.PORTRAIT, "me.pdf")


def test_one_photograph_and_four_of_everything_else():
    assert {kind: slots_of(kind) for kind in (IDENTITY, OTHER, AttachmentKind.PORTRAIT)} == {
        IDENTITY: 4,
        OTHER: 4,
        AttachmentKind.PORTRAIT: 1,
    }


def test_the_last_byte_fits_and_the_next_does_not():
    assert PAPER_LIMIT_BYTES == 30 * 1024 * 1024
    check_budget(PAPER_LIMIT_BYTES - 1, 1)
    with pytest.raises(FilesTooBig) as refused:
        check_budget(PAPER_LIMIT_BYTES, 1)
    assert str(refused.value) == "檔案合計30.1 MB，超過上限30 MB。請移除或縮小後再上傳，其他檔案已保留。"


@given(st.integers(0, 2 * PAPER_LIMIT_BYTES), st.integers(0, PAPER_LIMIT_BYTES), st.integers(1, 60))
def test_a_refusal_never_shows_a_size_below_its_limit(used, adding, limit_megabytes):
    limit = limit_megabytes * documents.MEGABYTE
    try:
        check_budget(used, adding, limit)
    except FilesTooBig as refusal:
        assert used + adding > limit
        assert float(refusal.values["used"]) > float(refusal.values["limit"])
    else:
        assert used + adding <= limit


@pytest.mark.parametrize(("size", "shown"), [(0, "0.0"), (1, "0.1"), (1024 * 1024, "1.0"), (1572864, "1.5")])
def test_the_meter_rounds_up_to_one_decimal(size, shown):
    assert megabytes(size) == shown
