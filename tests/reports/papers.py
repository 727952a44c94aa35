"""Rows to print and a reader for what was printed."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

from reports.roster import RosterRow, RosterSheet
from reports.slip import VisitSlip


def row(number: int = 1, **values: object) -> RosterRow:
    """A visit whose every field can be told from those of other numbers."""
    fields = {
        "number": str(number),
        "arrives_at": f"{9 + number % 7:02d}:{number % 60:02d}",
        "inmate_number": f"{number:04d}",
        "inmate": f"收容{number}人",
        "unit": f"仁{number}舍",
        "visitor": f"接見{number}客",
        "capacity": "律師",
        "companions": f"同行{number}者（通譯）",
        "source": "線上",
        "checked_in": "",
        "from_to": "",
        "remarks": f"備註{number}首次接見",
    }
    return RosterRow(**{**fields, **values})


def rows(count: int, start: int = 1, **values: object) -> tuple[RosterRow, ...]:
    """``count`` visits in sequence."""
    return tuple(row(number, **values) for number in range(start, start + count))


def sheet(**values: object) -> RosterSheet:
    """An edition of one visit unless told otherwise."""
    fields = {
        "agency_full_name": "法務部矯正署桃園女子監獄",
        "visit_on": "中華民國115年3月10日（星期二）",
        "source": "全部",
        "edition": 3,
        "printed_at": "中華民國115年3月9日16時25分",
        "printed_by": "管理員王小明",
        "rows": rows(1),
        "totals": "合計1件（線上1件、電話0件）",
    }
    return RosterSheet(**{**fields, **values})


def slip(**values: str) -> VisitSlip:
    """A lawyer's booking."""
    fields = {
        "agency": "法務部矯正署桃園女子監獄",
        "address": "桃園市龍潭區中正路1號",
        "phone": "03-1234567",
        "number": "L1150310-0042",
        "visit_on": "中華民國115年3月10日（星期二）",
        "arrives_at": "09:05",
        "inmate": "0609黃○○",
        "visitor": "王大明",
        "capacity": "律師",
        "companions": "張三（學習律師）\nNguyễn Thị Hạnh（通譯）",
        "state": "審核通過",
        "qr_content": "aV9x2kQ7s0mN3pLr8tYbZw",
    }
    return VisitSlip(**{**fields, **values})


def pages(pdf: bytes) -> list[str]:
    """The text of each page without any white space, as searching and copying see it."""
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def page_code(pdf: bytes) -> list[str]:
    """The drawing operators of each page."""
    return [page.get_contents().get_data().decode("latin-1") for page in PdfReader(BytesIO(pdf)).pages]
