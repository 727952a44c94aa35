"""Only an auditor comes in, whatever the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_admin import BaseView

from app import clock
from models import Officer
from tests import factories
from tests.doors import Office
from tests.views.auditor.conftest import Browser
from tests.views.auditor.rows import LISTS, planted
from views.auditor.door import Gate
from views.auditor.subjects import ALL

HOME = "/auditor/"


def every_page() -> tuple[str, ...]:
    return (HOME, *LISTS, *planted().pages)


def test_a_stranger_is_led_to_the_staff_sign_in_and_back(client: FlaskClient) -> None:
    for page in every_page():
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer.location == f"/backoffice/login/?next={page}"
        assert not answer.data.count("植入".encode())


def test_the_way_back_keeps_what_was_asked_for(client: FlaskClient) -> None:
    answer = client.get("/auditor/bookings/?state=pending")
    assert answer.location == "/backoffice/login/?next=/auditor/bookings/?state%3Dpending"


@pytest.mark.parametrize("other", [factories.officer, factories.desk, factories.headquarters])
def test_other_staff_are_refused(browser_of: Browser, other: Callable[[], Officer]) -> None:
    browser = browser_of(other())
    for page in every_page():
        assert browser.get(page).status_code == 403


def test_an_auditor_sees_every_page(auditor: FlaskClient) -> None:
    for page in every_page():
        assert auditor.get(page).status_code == 200


def test_a_disabled_auditor_is_a_stranger(browser_of: Browser) -> None:
    browser = browser_of(factories.auditor(active=False))
    assert browser.get(HOME).location.startswith("/backoffice/login/")


def test_an_applicants_cookie_is_worth_nothing_here(browser_of: Browser, app: Flask) -> None:
    number = browser_of(factories.auditor()).get_cookie("staff")
    stranger = app.test_client()
    stranger.set_cookie("portal", number.value if number else "")
    assert stranger.get(HOME).status_code == 302


def test_a_session_that_rested_too_long_is_over(auditor: FlaskClient, app: Flask) -> None:
    clock.stop_everywhere(clock.now() + app.config["STAFF_IDLE"] + timedelta(seconds=1))
    assert auditor.get(HOME).status_code == 302


def test_every_view_of_this_door_has_the_gate(app: Flask) -> None:
    (admin,) = app.extensions["admin"]
    assert len(admin._views) == len(ALL) + 2
    for view in admin._views:
        assert isinstance(view, Gate), view
        assert type(view).is_accessible is Gate.is_accessible is not BaseView.is_accessible


def test_another_language_and_the_way_out_are_offered(auditor: FlaskClient) -> None:
    page = auditor.get(HOME).text
    assert 'action="/backoffice/language/"' in page
    assert 'action="/backoffice/logout/"' in page
    assert page.count('name="csrf_token"') == 2


def test_an_auditor_signs_in_changes_the_language_and_leaves(app: Flask) -> None:
    office = Office(app.test_client())
    office.is_signed_in_as(factories.auditor())
    office.opens("/auditor/bookings/?state=pending")
    page = office.submits({}, form="/backoffice/language/", button="English")
    assert (page.tree.get("lang"), page.address) == ("en", "/auditor/bookings/")
    assert office.client.get("/auditor/").status_code == 200
    office.submits(form="/backoffice/logout/")
    assert office.client.get("/auditor/").status_code == 302


def test_an_auditor_finds_the_own_account_and_the_way_back(app: Flask) -> None:
    office = Office(app.test_client()).is_signed_in_as(factories.auditor())
    office.opens(HOME)
    assert office.follows("基本資料修改").address == "/backoffice/account/"
    for words in ("變更密碼", "兩步驟驗證", "登入中的裝置與登入紀錄"):
        page = office.follows(words)
        links = [link.get("href") for link in page.tree.xpath("//header//a")]
        assert "/backoffice/" not in links, "the back office's front page is not the auditor's"
    assert office.follows("便民服務稽核查詢系統").address == HOME


def test_the_language_is_changed_without_knowing_the_page_before(app: Flask) -> None:
    for officer, front in ((factories.auditor(), HOME), (factories.officer(), "/backoffice/")):
        office = Office(app.test_client()).is_signed_in_as(officer)
        page = office.opens("/backoffice/account/")
        page = office.submits({"back": "https://elsewhere.example/"}, form="/backoffice/language/", button="English")
        assert (page.status, page.address, page.tree.get("lang")) == (200, front, "en")
