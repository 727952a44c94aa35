"""Pictures and documents that people, cameras and attackers send; made here, so that no binary lies in the tree."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image


def photo(size=(400, 300), kind="JPEG", mode="RGB", **options) -> bytes:
    """A picture, left half red and right half blue, so that turning and mirroring show."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = BytesIO()
    picture.convert(mode).save(out, kind, **options)
    return out.getvalue()


def photo_with_exif(orientation: int = 6) -> bytes:
    """A photo taken with the phone held upright, with a place and a camera's name in it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (25.0, 2.0, 3.0)
    return photo(exif=exif, comment=b"CANARY-COMMENT")


def png_bomb(width: int, height: int) -> bytes:
    """A small file that says it is a very large picture, and is."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer, row = zlib.compressobj(1), b"\0" * (width // 8 + 1)
    rows = b"".join(packer.compress(row * 1000) for _ in range(height // 1000)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def saved(document: pikepdf.Pdf, **options) -> bytes:
    """The document's bytes."""
    out = BytesIO()
    document.save(out, **options)
    return out.getvalue()


def plain_pdf(pages: int = 1, **options) -> bytes:
    """Pages of A4, each with a line of text."""
    document = pikepdf.new()
    for number in range(1, pages + 1):
        write_on(document, document.add_blank_page(page_size=(595, 842)), f"PAGE {number}")
    return saved(document, **options)


def write_on(document: pikepdf.Pdf, page: pikepdf.Page, words: str) -> None:
    """Put large words on a page."""
    page.obj.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
    page.obj.Contents = document.make_stream(f"BT /F1 60 Tf 50 400 Td ({words}) Tj ET".encode())


def helvetica() -> Dictionary:
    """The font that every reader has."""
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def script(canary: str = "CANARY-JS") -> Dictionary:
    """A JavaScript action."""
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{canary}')"))


def hostile_pdf() -> bytes:
    """Everything at once: scripts, actions, an attachment, XFA, notes, a foreign page, private data."""
    document = pikepdf.open(BytesIO(plain_pdf()))
    page, root = document.pages[0], document.Root
    root.OpenAction = script()
    root.AA = Dictionary(WC=script())
    page.obj.AA = Dictionary(O=script())
    document.attachments["CANARY-evil.exe"] = b"MZ CANARY-FILE"
    root.Names.JavaScript = Dictionary(Names=Array([String("x"), document.make_indirect(script())]))
    root.AcroForm = Dictionary(
        Fields=Array(), XFA=document.make_stream(b"<xdp:xdp>CANARY-XFA</xdp:xdp>"), NeedAppearances=True
    )
    launch = Dictionary(S=Name.Launch, F=String("CANARY-cmd.exe"))
    address = Dictionary(S=Name.URI, URI=String("http://CANARY.example/"))
    form = Dictionary(S=Name.SubmitForm, F=String("http://CANARY.example/form"))
    page.obj.Annots = Array(
        document.make_indirect(Dictionary(Type=Name.Annot, Subtype=kind, Rect=[0, 0, 99, 99], A=action))
        for kind, action in ((Name.Link, launch), (Name.Link, address), (Name.Widget, form), (Name.Screen, script()))
    )
    root.AcroForm.Fields = Array([page.obj.Annots[2]])
    page.obj.Metadata = document.make_stream(b"CANARY-METADATA")
    page.obj["/ActionOfTomorrow"] = Dictionary(Do=String("CANARY-NEW"))
    page.obj.PieceInfo = Dictionary(X=Dictionary(Private=String("CANARY-PRIVATE")))
    drawing = document.make_stream(b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    drawing.Ref = Dictionary(F=String("CANARY-other.pdf"), Page=0)
    drawing.AF = Array([Dictionary(Type=Name.Filespec, F=String("CANARY-af"))])
    drawing.Deep = Array([Dictionary(Deeper=Array([Dictionary(JS=String("CANARY-DEEP"))]))])
    page.obj.Resources.XObject = Dictionary(X1=drawing)
    document.docinfo["/Author"] = String("CANARY-AUTHOR")
    return saved(document)
