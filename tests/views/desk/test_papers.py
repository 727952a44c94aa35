"""Papers of a case: pages as pictures, through the agency scope, and never kept by a browser."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.extensions import db
from app.rules.vocabulary import AttachmentKind
from app.services import attachments
from models import Agency, Attachment, AuditEntry, ServiceApplication
from tests import factories
from tests.doors import Office
from tests.doors.page import select as find
from tests.views.desk.test_case_page import address


def stored(of: object, content: bytes, **columns: object) -> Attachment:
    paper = factories.attachment(of, **columns)  # type: ignore[arg-type]
    attachments.store().put(paper.storage_key, content)
    return paper


def size(answer: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(answer), formats=("JPEG",)) as picture:
        return picture.size


@pytest.fixture
def case(agency: Agency) -> ServiceApplication:
    """A case that waits."""
    return factories.application(about=factories.inmate(agency))


@pytest.fixture
def photo(case: ServiceApplication, photograph: bytes) -> Attachment:
    """Its first paper, a photograph."""
    return stored(case, photograph, media_type="image/jpeg", file_name="律師證.jpg")


@pytest.fixture
def mandate(case: ServiceApplication, scan: bytes) -> Attachment:
    """Its second one, a PDF of two pages."""
    return stored(case, scan, kind=AttachmentKind.MANDATE, pages=2, file_name="委任狀.pdf")


def paper(attachment: Attachment, page: int = 1) -> str:
    return f"/backoffice/applications/paper/{attachment.id}/{page}"


def test_every_page_of_every_paper_stands_on_the_case(
    officer: Office, case: ServiceApplication, photo: Attachment, mandate: Attachment
) -> None:
    page = officer.opens(f"{address(case)}?zoom=200&rot=90")
    pictures = find(page.tree, ".rv-pages img")
    assert [p.get("src") for p in pictures] == [
        f"{paper(photo)}?zoom=200&rot=90",
        f"{paper(mandate)}?zoom=200&rot=90",
        f"{paper(mandate, 2)}?zoom=200&rot=90",
    ]
    assert pictures[2].get("alt") == "訴訟委任文件1，第2頁，共2頁（影像）"
    assert [p.get("width") for p in pictures] == ["1123"] * 3  # lying
    assert page.link("訴訟委任文件1") == "#paper-2-1"
    for picture in pictures:
        assert officer.client.get(picture.get("src")).status_code == 200


def test_a_photograph_is_turned_clockwise(officer: Office, photo: Attachment) -> None:
    assert size(officer.client.get(paper(photo)).data) == (60, 80)
    assert size(officer.client.get(f"{paper(photo)}?rot=90").data) == (80, 60)
    assert size(officer.client.get(f"{paper(photo)}?rot=45").data) == (60, 80)


def test_a_pdf_page_is_drawn_finer_when_enlarged(officer: Office, mandate: Attachment) -> None:
    usual, fine = (size(officer.client.get(f"{paper(mandate)}?zoom={zoom}").data) for zoom in (100, 150))
    assert fine[0] > usual[0] and fine[1] > usual[1]


def test_no_browser_keeps_a_page(officer: Office, photo: Attachment) -> None:
    answer = officer.client.get(paper(photo))
    assert answer.mimetype == "image/jpeg" and "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Content-Disposition" not in answer.headers


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "-1", "x"])
def test_pages_that_are_not_there(officer: Office, photo: Attachment, number: str) -> None:
    assert officer.client.get(f"/backoffice/applications/paper/{photo.id}/{number}").status_code == 404


def test_foreign_papers_and_drafts_do_not_exist(officer: Office, photograph: bytes) -> None:
    foreign = stored(factories.application(), photograph, media_type="image/jpeg")
    draft = stored(factories.draft(), photograph, media_type="image/jpeg")
    for attachment in (foreign, draft):
        assert officer.client.get(paper(attachment)).status_code == 404


def test_a_damaged_paper_is_told_and_breaks_nothing(officer: Office, case: ServiceApplication) -> None:
    broken = stored(case, b"%PDF-1.4 no more of it")
    missing, other = factories.attachment(case), factories.attachment(case)
    store: Any = attachments.store()
    store.put(other.storage_key, b"of another")
    tampered = stored(case, b"whole")
    store._path(other.storage_key).replace(store._path(tampered.storage_key))
    assert officer.client.get(paper(broken)).status_code == 422
    assert officer.client.get(paper(tampered)).status_code == 422
    assert officer.client.get(paper(missing)).status_code == 404
    officer.opens(address(case))


def test_a_page_fetched_without_the_case_is_a_reading_too(officer: Office, photo: Attachment) -> None:
    count = select(func.count()).where(AuditEntry.event == "service_application.opened")
    officer.client.get(paper(photo))
    officer.client.get(paper(photo))
    assert db.session.scalar(count) == 1
