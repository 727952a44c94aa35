"""Naughty strings are stored as they are, shown and printed as text, and exported so that nobody executes them."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO

import pytest
from flask import Flask

from app.rules.vocabulary import ApplicationState, ReservationState
from app.security import Actor
from app.services import rosters
from app.transaction import transaction
from models import Applicant, ApplicationDraft, Inmate, ServiceApplication
from reports.spreadsheet import write_csv
from reports.text import clean
from tests import factories
from tests.canaries.naughty import NAUGHTY, UNSHOWABLE
from tests.doors import Office, Page, Portal
from tests.factories import files
from tests.guards.sources import PROGRAM, name_of
from tests.guards.sources import files as sources

pytestmark = pytest.mark.usefixtures("reference_data")

HARMLESS = "林學律"
#: Addresses of tables that ``reports.spreadsheet`` writes, and of the page that offers them.
THROUGH_REPORTS = {
    "/auditor/export/<of>/",
    "/auditor/mass-viewing/export/",
    "/backoffice/desk/rosters/<uuid:pk>/export",
    "/backoffice/desk/rosters/<uuid:pk>/export/<form>",
    "/backoffice/desk/rosters/supplements/<uuid:pk>/export/<form>",
    "/backoffice/statistics/export/<form>",
}
#: Each list that a view of the back office exports: one method of the base writes them all.
LISTS_OF_OFFICERS = {
    f"/backoffice/{screen}/export/<form>"
    for screen in (
        "agency-book",
        "applications",
        "desk/family-visits",
        "desk/onsite",
        "desk/sessions",
        "entries",
        "family-applications",
        "grants",
        "messages",
        "mobile-visits",
        "staff",
        "undelivered",
    )
}
#: Exports that no spreadsheet opens, and why.
FOR_NO_SPREADSHEET = {
    "/auditor/trail/export/": "JSON lines, as `flask audit export` writes them",
    "/backoffice/visit-hours/<uuid:agency_id>/export": "an agency's rules as YAML, without a person in them",
}

#: Files that name CSV and hand no data out, and why.
TAKE_IN = {
    "app/rules/inmate_columns.py": "the pattern of a delivery (invented people); rows of another system, to be checked",
    "views/api/inmate_imports.py": "the media type in which deliveries come in",
    "views/api/openapi.py": "the description of that",
    "views/backoffice/calendar_forms.py": "the government's calendar comes in as a file",
    "views/backoffice/inmate_imports.py": "hands out the pattern",
}


def structure(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page and the names of their attributes: what a string would have to change to do harm.

    A class may say that a value is long.
    """
    return [
        (str(e.tag), tuple(sorted(name for name in map(str, e.attrib) if name != "class"))) for e in page.tree.iter()
    ]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def lawyer_and_inmate() -> tuple[Applicant, Inmate]:
    return factories.applicant(), factories.inmate()


def types(person: Portal, about: Inmate, supervisor: str) -> Page:
    """Go from the start to a sent application, with this name of a supervising lawyer and of a file."""
    agency_id, number = about.agency_id, about.number
    person.opens("/portal/applications/new")
    person.submits({"agency_id": agency_id, "number": number})
    page = person.submits({"relation": "trainee_lawyer", "supervising_lawyer": supervisor}, expect=None)
    if page.status != 200:
        return page
    person.uploads("identity", files.jpeg("card.jpg"))
    person.uploads("mandate", (f"{supervisor.replace('/', '')}.jpg", files.jpeg()[1]), expect=None)
    if person.page.status != 200:
        person.uploads("mandate", files.pdf())
    return person.submits(form="/submit", expect=None)


@pytest.mark.slow  # a whole case for each of them
@pytest.mark.parametrize("kind", NAUGHTY)
def test_typed_into_the_portal(app: Flask, each_database: str, kind: str) -> None:
    naughty, (by, about) = NAUGHTY[kind], lawyer_and_inmate()
    page = types(Portal(app.test_client()).is_signed_in_as(by), about, naughty)
    assert page.status in (200, 400, 422), "bad input never gives a 500"
    with_value = ServiceApplication if page.status == 200 else ApplicationDraft
    with transaction() as session:
        row = session.query(with_value).one()
        kept = row.supervising_lawyer if isinstance(row, ServiceApplication) else row.fields["supervising_lawyer"]
    if page.status == 200 and kind not in UNSHOWABLE:
        assert kept == naughty.strip()[:50], "what was typed is what is kept"


@pytest.fixture
def case(app: Flask) -> ServiceApplication:
    """A refused case whose texts a test can change."""
    return factories.application(
        state=ApplicationState.REJECTED, rejection_reason="其他", rejection_note=HARMLESS, supervising_lawyer=HARMLESS
    )


def test_shown_on_every_kind_of_page(app: Flask, case: ServiceApplication) -> None:
    lawyer = Portal(app.test_client()).is_signed_in_as(case.applicant)
    officer = Office(app.test_client()).is_signed_in_as(factories.officer(case.agency))
    auditor = Office(app.test_client()).is_signed_in_as(factories.auditor())
    places = (
        (lawyer, "/portal/applications", True),
        (officer, f"/backoffice/applications/review/{case.id}", True),
        (officer, "/backoffice/applications/list/", False),
        (auditor, f"/auditor/applications/{case.id}/", False),  # masked
    )
    row_id = case.id
    plain = [structure(visitor.opens(path)) for visitor, path, _shows in places]
    for kind, naughty in NAUGHTY.items():
        if "\x00" in naughty:  # PostgreSQL keeps none; tried through the portal above
            continue
        with transaction() as session:
            row = session.get_one(ServiceApplication, row_id)
            row.rejection_note = row.supervising_lawyer = naughty
            row.applicant.address = row.applicant.occupation = naughty
        for (visitor, path, shows), before in zip(places, plain, strict=True):
            page = visitor.opens(path)
            assert structure(page) == before, f"{kind} changes what {path} is made of"
            if shows and kind not in UNSHOWABLE:
                assert squeezed(naughty) in page.text, f"{kind} is not shown as it is on {path}"


def test_printed(app: Flask) -> None:
    agency = factories.agency()
    desk = factories.desk(agency)
    for number, naughty in enumerate(NAUGHTY.values()):
        about = factories.inmate(agency, name=naughty.replace("\x00", "")[:50], number=f"{number:04}")
        grant = factories.granted(about=about)
        visit = factories.reservation(
            grant, state=ReservationState.APPROVED, visitor_name=naughty.replace("\x00", "")[:50]
        )
        factories.companion(visit, name=naughty.replace("\x00", "")[:50])
        day = visit.visit_on
    edition = rosters.print_edition(agency.id, day, "", desk.id, Actor("staff", str(desk.id), "<b>&王"))
    office = Office(app.test_client()).is_signed_in_as(desk)
    office.opens(f"/backoffice/desk/rosters/{edition}")
    printed = office.client.get(f"/backoffice/desk/rosters/{edition}.pdf")
    assert printed.status_code == 200 and printed.data.startswith(b"%PDF")
    text = words_of(printed.data)
    for kind in ("markup", "formula", "template", "placeholders", "page number tag", "path"):
        assert re.sub(r"\s", "", NAUGHTY[kind]) in text, f"{kind} is not printed as it is"
    assert set("𤧟堃喆") <= set(text)  # of one font; those of the second one are tried in tests/reports


def words_of(document: bytes) -> str:
    """The text of a PDF without spaces: cells break lines where they like."""
    from io import BytesIO

    from pypdf import PdfReader

    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages))


def test_exported(app: Flask, each_database: str) -> None:
    """The trail's export is JSON lines: one line for each row, whatever the values hold."""
    from app.services import audit

    texts = [text.replace("\x00", "") for text in NAUGHTY.values()]
    with transaction() as session:
        for text in texts:
            by = Actor("staff", "1", text[:50])
            audit.record(session, "test", by, "test", facts={"note": ["", text]})
    result = app.test_cli_runner().invoke(args=["audit", "export"])
    lines = [json.loads(line) for line in result.stdout.split("\n") if line]
    assert result.exit_code == 0 and len(lines) == len(texts)
    assert [line["facts"]["note"][1] for line in lines] == texts
    assert [line["actor"]["name"] for line in lines] == [text[:50] for text in texts]


def test_in_a_table_for_a_spreadsheet() -> None:
    """Each string is one cell, whole but for what cannot be seen, and none is calculated."""
    head, rows = ["文字", "後"], [[text, "完"] for text in NAUGHTY.values()]
    written = write_csv(head, rows).decode("utf-8-sig")
    read = list(csv.reader(StringIO(written, newline="")))
    assert [len(line) for line in read] == [2] * (len(rows) + 1)
    for (cell, after), text in zip(read[1:], NAUGHTY.values(), strict=True):
        assert after == "完" and not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'") == clean(text) or cell == clean(text)


def test_every_export_for_spreadsheets_is_written_in_one_place(app: Flask) -> None:
    """A cell that begins with = + - @ is a formula to a spreadsheet: only ``reports.spreadsheet`` writes tables."""
    writes = re.compile(r"csv\.(writer|DictWriter)|text/csv|openpyxl|xlsxwriter|spreadsheetml", re.IGNORECASE)
    found = [name_of(file) for file in sources(*PROGRAM, suffixes=(".py", ".html")) if writes.search(file.read_text())]
    found = [name for name in found if name not in TAKE_IN]
    routes = {str(rule) for rule in app.url_map.iter_rules() if re.search(r"csv|xls|export|download", str(rule))}
    routes -= set(FOR_NO_SPREADSHEET) | THROUGH_REPORTS | LISTS_OF_OFFICERS
    assert found == ["reports/spreadsheet.py"] and not routes, (
        f"Write the table with a Format of reports/spreadsheet.py and name its address here: {found} {routes}"
    )
