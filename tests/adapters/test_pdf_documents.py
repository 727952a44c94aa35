"""A stranger's PDF comes out as pages and nothing else, or is refused with its reason."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from app.adapters.file_errors import FileDamaged, FileLocked, FileTooHeavy, NotAcceptable, TooManyPages
from app.adapters.page_images import page_image
from app.adapters.pdf_documents import sanitise_pdf
from tests.adapters.pictures import helvetica, hostile_pdf, photo, plain_pdf, saved, write_on
from tests.adapters.test_page_images import ink

WORDS_OF_WHAT_GOES = (
    b"JavaScript /JS Launch /AA OpenAction EmbeddedFile /XFA AcroForm /Annots /URI SubmitForm Metadata PieceInfo "
    b"/Names /AF /Info /Ref /Filespec"
).split()


def unfolded(content: bytes) -> bytes:
    """The document with every stream and object in the clear, to be searched."""
    with pikepdf.open(BytesIO(content)) as document:
        return saved(
            document,
            qdf=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def test_a_plain_document_keeps_its_pages():
    clean = sanitise_pdf(plain_pdf(3), "委任狀.pdf")
    assert clean.pages == len(pikepdf.open(BytesIO(clean.content)).pages) == 3
    assert all(f"PAGE {number}".encode() in unfolded(clean.content) for number in (1, 2, 3))


def test_nothing_hostile_is_left():
    data = hostile_pdf()
    before = unfolded(data)
    assert before.count(b"CANARY") >= 15  # the control: they are there to be found
    after = unfolded(sanitise_pdf(data, "x.pdf").content)
    assert b"CANARY" not in after
    for word in WORDS_OF_WHAT_GOES:
        assert word in before, word
        assert word not in after, word
    assert b"PAGE 1" in after


def test_a_filled_form_stays_filled_but_is_no_form():
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    look = document.make_stream(
        b"BT /F1 60 Tf 10 10 Td (FILLED) Tj ET",
        Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 400, 80],
        Resources=Dictionary(Font=Dictionary(F1=helvetica())),
    )  # fmt: skip
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), V=String("FILLED"), F=4,
            Rect=[50, 400, 450, 480], AP=Dictionary(N=look), AA=Dictionary(K=Dictionary(S=Name.JavaScript)),
        )
    )  # fmt: skip
    page.obj.Annots = Array([field])
    document.Root.AcroForm = Dictionary(Fields=Array([field]))
    clean = sanitise_pdf(saved(document), "委任狀.pdf").content
    assert ink(page_image(clean, 1)) > 1000
    assert b"/Widget" not in unfolded(clean) and b"/AcroForm" not in unfolded(clean)


def test_what_a_page_inherits_from_the_tree_goes_along():
    document = pikepdf.open(BytesIO(plain_pdf(2)))
    tree = document.Root.Pages
    tree.Rotate, tree.MediaBox = 90, Array([0, 0, 300, 400])
    tree.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
    for kid in tree.Kids:
        del kid["/MediaBox"], kid["/Resources"]
    with pikepdf.open(BytesIO(sanitise_pdf(saved(document), "x.pdf").content)) as clean:
        assert [list(page.mediabox) for page in clean.pages] == [[0, 0, 300, 400]] * 2
        assert [int(page.obj.Rotate) for page in clean.pages] == [90, 90]
        assert all("/Font" in page.obj.Resources for page in clean.pages)


@pytest.mark.parametrize("passwords", [{"user": "geheim", "owner": "geheim"}, {"user": "", "owner": "geheim"}])
def test_a_locked_document_is_refused_with_its_own_sentence(passwords):
    data = plain_pdf(encryption=pikepdf.Encryption(**passwords))
    with pytest.raises(FileLocked) as refused:
        sanitise_pdf(data, "密.pdf")
    assert str(refused.value).startswith("「密.pdf」設有密碼或保護")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_half_a_document_is_damaged_and_not_repaired(keep):
    data = plain_pdf(12)
    half = data[: int(len(data) * keep)]
    if keep == 0.9:
        with pikepdf.open(BytesIO(half)) as repaired:  # the control: without our refusal it would pass
            assert len(repaired.pages) == 12
    with pytest.raises(FileDamaged):
        sanitise_pdf(half, "半.pdf")


def test_fifty_pages_pass_and_sixty_do_not():
    assert sanitise_pdf(plain_pdf(50), "厚.pdf").pages == 50
    with pytest.raises(TooManyPages) as refused:
        sanitise_pdf(plain_pdf(60), "厚.pdf")
    assert str(refused.value) == "「厚.pdf」共60頁，超過上限50頁，請分成數個檔案上傳。"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\0", photo(), b" " * 1024 + plain_pdf()])
def test_what_is_no_pdf_is_not_acceptable(data):
    with pytest.raises(NotAcceptable) as refused:
        sanitise_pdf(data, "x.pdf")
    assert str(refused.value) == "「x.pdf」不是可接受的檔案，請改用PDF/JPG/JPEG/PNG。"


@pytest.mark.parametrize("data", [b"%PDF-", b"%PDF-1.7\n" + b"junk " * 500, b"%PDF-1.7\n%%EOF"])
def test_a_beginning_alone_is_damaged(data):
    with pytest.raises(FileDamaged):
        sanitise_pdf(data, "x.pdf")


def test_a_document_without_pages_is_damaged():
    with pytest.raises(FileDamaged):
        sanitise_pdf(saved(pikepdf.new()), "空.pdf")


def test_a_page_tree_that_bites_its_tail_is_damaged():
    document = pikepdf.open(BytesIO(plain_pdf()))
    document.Root.Pages.Kids.append(document.Root.Pages)
    with pytest.raises(FileDamaged):
        sanitise_pdf(saved(document), "圈.pdf")


@pytest.mark.parametrize("disguise", [{}, {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1}])
def test_drawing_orders_that_unpack_too_far_are_refused(disguise):
    document = pikepdf.new()
    document.add_blank_page().obj.Contents = document.make_stream(b" " * (80 << 20), **disguise)
    data = saved(document)
    assert len(data) < 200_000
    with pytest.raises(FileTooHeavy):
        sanitise_pdf(data, "彈.pdf")


def test_a_picture_too_large_to_show_is_refused():
    document = pikepdf.open(BytesIO(plain_pdf()))
    document.pages[0].obj.Resources.XObject = Dictionary(
        P=document.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=50_000, Height=50_000)
    )
    with pytest.raises(FileTooHeavy):
        sanitise_pdf(saved(document), "圖.pdf")


def test_a_scanned_page_stays_as_sharp_as_it_was():
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    scan = document.make_stream(photo((1000, 1400)), Type=Name.XObject, Subtype=Name.Image, Width=1000, Height=1400)
    scan.ColorSpace, scan.BitsPerComponent, scan.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    page.obj.Resources = Dictionary(XObject=Dictionary(P=scan))
    page.obj.Contents = document.make_stream(b"595 0 0 842 0 0 cm /P Do")
    clean = sanitise_pdf(saved(document), "掃描.pdf").content
    with pikepdf.open(BytesIO(clean)) as kept:
        assert kept.pages[0].Resources.XObject.P.read_raw_bytes() == photo((1000, 1400))
    assert ink(page_image(clean, 1)) > 100_000


def test_clean_twice_is_clean_once():
    once = sanitise_pdf(hostile_pdf(), "x.pdf")
    twice = sanitise_pdf(once.content, "x.pdf")
    assert twice.pages == once.pages == 1
    document = pikepdf.open(BytesIO(twice.content))
    write_on(document, document.pages[0], "OK")
    assert sanitise_pdf(saved(document), "x.pdf").pages == 1
