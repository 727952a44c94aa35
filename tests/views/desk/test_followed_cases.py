"""The case of a grant that has followed its inmate: read for a purpose and for a while, by whoever must confirm it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import ApplicationState, GrantState
from models import Agency, AuditEntry, ServiceApplication, ServiceGrant
from tests import factories
from tests.doors import Office
from tests.doors.page import select as find
from tests.stillness import StoppedClock
from tests.views.desk.conftest import Desk
from tests.views.desk.test_papers import stored

PURPOSE = {"purpose": "case", "note": "移監確認"}


@pytest.fixture
def case(seeded: None) -> ServiceApplication:
    """A case that another agency has approved."""
    former = factories.agency(name="臺中女子監獄")
    return factories.application(about=factories.inmate(former), state=ApplicationState.APPROVED)


def moved(case: ServiceApplication, agency: Agency, state: GrantState = GrantState.TO_CHECK) -> ServiceGrant:
    return factories.grant(case, agency_id=agency.id, state=state)


def read(grant: ServiceGrant) -> str:
    return f"/backoffice/grants/case/{grant.id}"


def test_a_purpose_opens_it_for_a_quarter_of_an_hour(
    agency: Agency, officer: Office, case: ServiceApplication, clock_at: StoppedClock, photograph: bytes
) -> None:
    paper = stored(case, photograph, media_type="image/jpeg", file_name="律師證.jpg")
    grant, case_id, mobile = moved(case, agency), case.id, case.applicant.mobile
    picture = f"/backoffice/grants/case/paper/{paper.id}/1"
    officer.opens(picture, expect=404)
    officer.opens(f"/backoffice/grants/show/{grant.id}")
    assert mobile not in officer.follows("查閱原申請案件及附件").text
    officer.submits({"note": "移監確認"}, button="開啟", expect=422)
    page = officer.submits(PURPOSE, button="開啟")
    assert mobile in page.text and "僅供查閱" in page.text and not find(page.tree, "main form")
    assert [one.get("src").partition("?")[0] for one in find(page.tree, ".rv-pages img")] == [picture]
    assert officer.client.get(picture).mimetype == "image/jpeg"
    look = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "service_application.opened")).one()
    assert (look.agency_id, look.subject_id) == (agency.id, case_id)
    clock_at.passes(minutes=8)
    officer.opens("/backoffice/")
    clock_at.passes(minutes=8)
    officer.opens(picture, expect=404)
    assert mobile not in officer.opens(read(grant)).text


def test_only_its_agency_reads_it_and_only_while_it_runs(
    agency: Agency, officer: Office, browser_of: Desk, case: ServiceApplication
) -> None:
    grant = moved(case, agency)
    browser_of(factories.officer(factories.agency())).opens(read(grant), expect=404)
    browser_of(factories.desk(agency)).opens(read(grant), expect=403)
    over = moved(
        factories.application(about=factories.inmate(), state=ApplicationState.APPROVED), agency, GrantState.REVOKED
    )
    for address in (read(over), read(factories.granted(about=factories.inmate(agency)))):
        officer.opens(address, expect=404)
    page = officer.opens(f"/backoffice/grants/show/{over.id}")
    assert "需查閱時請洽該機關" in page.text and "查閱原申請案件及附件" not in page.text
