"""Crafted uploads, sent by an applicant through the portal: refused by name, or harmless once they are in.

The adapters' own tests look closer (tests/adapters); here the whole way is walked, and the draft stays as it was.
"""

from __future__ import annotations

import tracemalloc
from io import BytesIO

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.extensions import db
from app.services import attachments
from app.transaction import end_reading
from models import ApplicationDraft, Attachment
from tests import factories
from tests.adapters.pictures import hostile_pdf, photo, photo_with_exif, plain_pdf
from tests.doors import Page, Portal
from tests.factories import files
from tests.views.uploads.refused import MEGABYTE, NOT_ACCEPTABLE, REFUSED, huge_header

pytestmark = pytest.mark.usefixtures("reference_data")


@pytest.fixture
def lawyer(client: FlaskClient) -> Portal:
    """Somebody in the middle of an application, with a card uploaded and the papers' page open."""
    by, about = factories.applicant(), factories.inmate()
    draft = factories.draft(by, about, fields={"relation": "lawyer", "certificate_number": "1"})
    factories.attachment(draft, files.jpeg("律師證.jpg"))
    person = Portal(client).is_signed_in_as(by)
    person.opens(f"/portal/applications/draft/{draft.id}/papers")
    return person


def papers() -> list[Attachment]:
    """What is in the draft beside the card."""
    end_reading()
    draft = db.session.query(ApplicationDraft).one()
    return [paper for paper in draft.attachments if paper.file_name != "律師證.jpg"]


def stored_files() -> int:
    return sum(1 for _ in attachments.store().root.rglob("*") if _.is_file())  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_beside_its_field_and_the_rest_stays(lawyer: Portal, case: str) -> None:
    name, content, sentence = REFUSED[case]
    before = stored_files()
    page = lawyer.uploads("mandate", (name, content), expect=422)
    beside = page.words("#mandate-error")
    assert sentence in beside and f"「{name.replace(chr(0), '')}" in beside
    assert "律師證.jpg" in page.text
    assert papers() == [] and stored_files() == before, "nothing of a refused file is kept"
    lawyer.uploads("mandate", files.pdf())
    assert [paper.file_name for paper in papers()] == ["委任狀.pdf"]


def test_a_bomb_is_refused_before_it_is_unpacked(lawyer: Portal) -> None:
    tracemalloc.start()
    lawyer.uploads("mandate", ("大.png", huge_header()), expect=422)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * MEGABYTE


def test_31_megabytes_are_refused_with_the_sum(lawyer: Portal) -> None:
    content = photo() + b"\0" * (31 * MEGABYTE)
    page = lawyer.uploads("mandate", ("大.jpg", content), expect=422)
    assert "檔案合計31.1 MB，超過上限30 MB。請移除或縮小後再上傳，其他檔案已保留。" in page.words("#mandate-error")
    assert papers() == [] and "律師證.jpg" in page.text


def test_the_meter_counts_what_was_sent_and_many_small_files_meet_the_limit(lawyer: Portal) -> None:
    content = photo() + b"\0" * (14 * MEGABYTE)
    assert "目前上傳 14.1 MB" in lawyer.uploads("mandate", ("一.jpg", content)).words("#meter-text")
    assert "目前上傳 28.1 MB" in lawyer.uploads("other", ("二.jpg", content)).words("#meter-text")
    assert "合計42.1 MB" in lawyer.uploads("other", ("三.jpg", content), expect=422).words("#other-error")
    lawyer.uploads("other", files.pdf("四.pdf"))
    assert {paper.file_name for paper in papers()} == {"一.jpg", "二.jpg", "四.pdf"}


def test_a_polyglot_is_a_picture_and_nothing_else_once_it_is_in(lawyer: Portal) -> None:
    both = photo() + b"<?php system($_GET['c']); ?><script>alert(1)</script>" + plain_pdf()
    lawyer.uploads("identity", ("照片.jpg", both))
    (paper,) = papers()
    content = attachments.content(paper)
    assert not [evil for evil in (b"<?php", b"<script", b"%PDF") if evil in content]
    assert paper.media_type == "image/jpeg" and paper.original_key is None


def test_a_photograph_is_upright_and_says_nothing_of_its_place(lawyer: Portal) -> None:
    lawyer.uploads("identity", ("照片.jpg", photo_with_exif(6)))
    content = attachments.content(papers()[0])
    with Image.open(BytesIO(content)) as picture:
        assert picture.size == (300, 400) and not picture.getexif() and "comment" not in picture.info
    assert b"CANARY" not in content


def test_a_script_in_a_document_does_not_come_in(lawyer: Portal) -> None:
    lawyer.uploads("consent", ("同意書.pdf", hostile_pdf()))
    content = attachments.content(papers()[0])
    with pikepdf.open(BytesIO(content)) as document:
        plain = b"".join(
            bytes(item.unparse()) + (item.read_bytes() if isinstance(item, pikepdf.Stream) else b"")
            for item in document.objects
        )
        assert len(document.pages) == 1 and not document.attachments
    assert b"CANARY" not in plain and b"/JavaScript" not in plain and b"/Launch" not in plain


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("𠮷田.pdf", "𠮷田.pdf"),
        ("../../../etc/委任狀.pdf", "委任狀.pdf"),
        ("..\\..\\委任狀.pdf", "委任狀.pdf"),
        ("C:\\Users\\王\\委任狀.pdf", "C:Users王委任狀.pdf"),  # a backslash quotes in this header, so it is gone
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("{{7*7}}%(x)s.pdf", "{{7*7}}%(x)s.pdf"),
        ("=cmd|' ~C'!A0.pdf", "=cmd|' ~C'!A0.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("狀" * 200 + ".pdf", "狀" * 96 + ".pdf"),
    ],
)
def test_a_name_is_shown_as_text_and_names_nothing_on_the_disk(lawyer: Portal, sent: str, shown: str) -> None:
    if shown == "fdp.exe.pdf":  # turned round it read as an innocent name; turned back it is a program's
        assert NOT_ACCEPTABLE in lawyer.uploads("other", (sent, plain_pdf()), expect=422).words("#other-error")
        return
    page = lawyer.uploads("other", (sent, plain_pdf()))
    (paper,) = papers()
    assert paper.file_name == shown and shown in page.text and "onerror" not in str(page.tree.xpath("//@onerror"))
    store = attachments.store()
    names = {file.name for file in store.root.rglob("*") if file.is_file()}  # type: ignore[attr-defined]
    assert paper.storage_key in names and all(len(name) == 32 and name.isalnum() for name in names)


def test_the_untouched_original_of_a_mandate_is_kept_and_goes_with_it(lawyer: Portal) -> None:
    sent = hostile_pdf()
    before = stored_files()
    page = lawyer.uploads("mandate", ("委任狀.pdf", sent))
    (paper,) = papers()
    key = paper.original_key
    assert key and key != paper.storage_key and attachments.store().get(key) == sent
    assert b"CANARY" not in b"".join(f.read_bytes() for f in attachments.store().root.rglob("*") if f.is_file())  # type: ignore[attr-defined]
    assert key not in page.response.get_data(as_text=True) and paper.storage_key not in page.response.get_data(True)
    removal = next(form for form in page.forms() if f"/{paper.id}/remove" in form.action)
    lawyer.sends(removal)
    assert papers() == [] and stored_files() == before


def test_a_draft_with_every_slot_taken_says_so(lawyer: Portal) -> None:
    page: Page | None = None
    before = next(form for form in lawyer.page.forms() if "other" in form.names)
    for number in range(4):
        page = lawyer.uploads("other", files.jpeg(f"{number}.jpg"))
    assert page is not None and "已達4份上限" in page.words("#paper-other")
    assert not [form for form in page.forms() if "other" in form.names]
    fifth = lawyer.sends(before, {"other": files.jpeg("五.jpg")}, expect=422)  # from another tab
    assert "其他文件最多可上傳4份，目前為5份。請移除多餘的檔案。" in fifth.text and len(papers()) == 4


def test_a_field_that_is_no_kind_of_paper_is_refused(lawyer: Portal) -> None:
    form = next(form for form in lawyer.page.forms() if "mandate" in form.names)
    for kind in ("portrait", "csrf_token", "../mandate", "", "kind"):
        data = form.filled({})
        data["kind"] = [kind]
        data.setdefault(kind or "x", []).append((BytesIO(plain_pdf()), "a.pdf"))
        answer = lawyer.client.post(form.action, data=data, content_type="multipart/form-data")
        assert answer.status_code == 422, kind
    assert papers() == []
