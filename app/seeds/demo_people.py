"""Who and what the demonstration shows: invented people with valid check digits, rare characters among them."""

from __future__ import annotations

from pathlib import Path

from app.rules.vocabulary import Relationship, StaffRole, Verdict, VisitKind
from app.services.companions import CompanionData

PASSWORD = "便民示範-2477"
#: Staff passwords are longer (12 characters, three kinds of them).
STAFF_PASSWORD = "Taoyuan-Demo-2477"
AGENCY_PHONE = "03-000-2477"
AGENCY_ADDRESS = "桃園市龍潭區中正路三林段617號"

STAFF = (
    ("officer", "王", "小明", StaffRole.OFFICER),
    ("desk", "林", "美玲", StaffRole.VISIT_DESK),
    ("hq", "陳", "志強", StaffRole.HEADQUARTERS),
    ("auditor", "張", "稽核", StaffRole.AUDITOR),
)

#: Name, e-mail, relationship.
LAWYERS = (
    ("李大同", "lawyer@example.com", Relationship.LAWYER),
    ("陳𠮷豪", "chen@example.com", Relationship.DEFENDER),
    ("游明堃", "yu@example.com", Relationship.LAWYER),
    ("歐陽靜", "ouyang@example.com", Relationship.TRAINEE_LAWYER),
)

#: Name, e-mail, relationship, inmate, days ago, whether everything is granted (else the application waits).
RELATIVES = (
    ("黃陳秀枝", "family@example.com", Relationship.PARENT, "0609", 35, True),
    ("吳志明", "brother@example.com", Relationship.SIBLING, "0350", 2, False),
    ("林雅婷", "daughter@example.com", Relationship.CHILD, "0071", 30, True),
    ("阮文雄", "spouse@example.com", Relationship.SPOUSE, "2001", 28, True),
    ("徐家豪", "friend@example.com", Relationship.FRIEND, "1024", 1, False),
    ("周林玉蘭", "mother@example.com", Relationship.PARENT, "0123", 0, False),
)
#: The timetable of families' visits.
VISIT_RULES = Path(__file__).parent / "data" / "demo_visit_rules.yaml"

#: Number, name, unit, grade, custody type.
INMATES = (
    ("0609", "黃小萍", "忠一舍", "4", "受刑人"),
    ("0071", "林𤧟安", "忠二舍", "3", "受刑人"),
    ("0123", "周喆", "孝一舍", "2", "受刑人"),
    ("0350", "吳美𡘙", "孝二舍", "4", "受刑人"),
    ("0888", "鄭昱", "仁舍", None, "被告"),
    ("1024", "徐昇犇", "仁舍", None, "被告"),
    ("2001", "Nguyen Thi Hoa", "義舍", "4", "受刑人"),
    ("0007", "蔡明珠", "和舍", "1", "受刑人"),
)
NO_CONTACT = {"0888"}

#: Days ago, lawyer, inmate, verdict.
CASES = (
    (40, 0, "0609", Verdict.APPROVE),
    (32, 0, "0071", Verdict.APPROVE),
    (30, 1, "0888", Verdict.APPROVE),
    (25, 2, "1024", Verdict.APPROVE),
    (21, 2, "0350", Verdict.APPROVE),
    (20, 3, "0609", Verdict.APPROVE),
    (12, 0, "0123", Verdict.REJECT),
    (6, 1, "0350", None),
    (4, 2, "2001", None),
    (3, 0, "0007", None),
    (1, 3, "0123", None),
)

_INTERPRETER = [
    CompanionData("阮氏梅", "A800000014", Relationship.INTERPRETER.value, "臺灣桃園地方法院115年1月5日同意函")
]
_TRAINEE = [CompanionData("許書瑋", "F131104093", Relationship.TRAINEE_LAWYER.value, "(114)學律字第0123號")]

#: Lawyer, inmate, arrival, verdict, companions; on the next working day.
VISITS: tuple[tuple[int, str, str, Verdict | None, list[CompanionData]], ...] = (
    (0, "0609", "09:00", Verdict.APPROVE, _TRAINEE),
    (1, "0888", "09:30", Verdict.APPROVE, []),
    (2, "1024", "10:15", Verdict.APPROVE, _INTERPRETER),
    (0, "0071", "10:30", None, []),
    (3, "0609", "14:00", Verdict.APPROVE, []),
    (2, "0350", "16:00", None, []),
)
LATER_VISITS: tuple[tuple[int, str, str, Verdict | None, list[CompanionData]], ...] = (
    (0, "0609", "10:00", None, []),
    (1, "0888", "14:30", None, _INTERPRETER),
)

#: A relative's or a lawyer's mail, inmate, kind, verdict, device room: visits by session on the next day that is free.
SESSION_VISITS: tuple[tuple[str, str, VisitKind, Verdict | None, str], ...] = (
    ("family@example.com", "0609", VisitKind.FAMILY_MOBILE, Verdict.APPROVE, "行動一室"),
    ("daughter@example.com", "0071", VisitKind.FAMILY_MOBILE, None, ""),
    ("spouse@example.com", "2001", VisitKind.FAMILY_MOBILE, None, ""),
    ("lawyer@example.com", "0071", VisitKind.LAWYER_MOBILE, None, ""),
    ("daughter@example.com", "0071", VisitKind.FAMILY_ON_SITE, None, ""),
)
#: Whose visits on site the closed day hits, and what each answers: another session, cancelled, nothing yet.
STOPPED = (
    ("daughter@example.com", "0071", "chosen"),
    ("spouse@example.com", "2001", "cancelled"),
    ("family@example.com", "0609", "waiting"),
)

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def identity_number(eight: str) -> str:
    """A national ID number (letter A) with these eight digits and the check digit that belongs to them."""
    head = 10 + _LETTERS.index("A")
    total = head // 10 + (head % 10) * 9 + sum(int(d) * w for d, w in zip(eight, range(8, 0, -1), strict=True))
    return f"A{eight}{-total % 10}"
