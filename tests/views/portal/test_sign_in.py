"""Signing in and out, and the guard: closed by default."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import factories
from tests.views.portal.conftest import Visitor
from views.portal.guard import PUBLIC_ROUTES, checked_next

FAILED = "帳號、密碼或驗證碼不正確，請重新輸入。"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(visitor: Visitor) -> None:
    applicant = factories.applicant()
    mail = applicant.mail
    visitor.opens("/portal/applications?x=1")
    assert visitor.page.path == "/portal/login"

    visitor.sends(identifier=mail, password=factories.PASSWORD, captcha=visitor.code())

    assert visitor.page.address == "/portal/applications?x=1"
    assert visitor.in_session("captcha") is None


def test_signing_in_gives_the_session_a_new_number(visitor: Visitor) -> None:
    visitor.opens("/portal/login")
    before = visitor.client.get_cookie("portal")
    applicant = factories.applicant()
    visitor.signs_in(applicant)
    after = visitor.client.get_cookie("portal")
    assert before is not None and after is not None and before.value != after.value


@pytest.mark.parametrize("wrong", ["identifier", "password", "captcha"])
def test_one_sentence_for_whatever_is_wrong(visitor: Visitor, wrong: str) -> None:
    mail = factories.applicant().mail
    visitor.opens("/portal/login")
    right = {"identifier": mail, "password": factories.PASSWORD, "captcha": visitor.code()}
    page = visitor.sends(**{**right, wrong: "wrong@example.com"})

    assert page.status == 422
    assert page.title.startswith("錯誤：")
    assert page.told("identifier") == FAILED
    assert page.summary[0][0] == "#identifier"
    assert page.value("identifier") == ("wrong@example.com" if wrong == "identifier" else mail)
    assert page.value("password") == ""
    assert visitor.opens("/portal/applications").path == "/portal/login"


def test_a_code_is_worth_one_try(visitor: Visitor) -> None:
    mail = factories.applicant().mail
    visitor.opens("/portal/login")
    code = visitor.code()
    visitor.sends(identifier=mail, password="wrong password", captcha=code)
    page = visitor.sends(identifier=mail, password=factories.PASSWORD, captcha=code)
    assert page.status == 422


def test_another_picture_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.opens("/portal/login")
    before = visitor.code()
    page = visitor.sends(identifier="a@example.com", password="half typed", captcha_change="picture")
    assert page.status == 200
    assert (page.value("identifier"), page.value("password")) == ("a@example.com", "half typed")
    assert visitor.code() != before
    assert visitor.client.get("/portal/captcha.png").mimetype == "image/png"


def test_a_question_can_be_answered_instead_of_reading_a_picture(visitor: Visitor) -> None:
    mail = factories.applicant().mail
    visitor.opens("/portal/login")
    page = visitor.sends(captcha_change="words")
    held = visitor.in_session("captcha")
    assert held["asked"] in page.main
    assert visitor.client.get("/portal/captcha.wav").mimetype in ("audio/wav", "audio/x-wav")
    page = visitor.sends(identifier=mail, password=factories.PASSWORD, captcha=held["answer"])
    assert page.path == "/portal/"


def test_signing_out_ends_the_session_on_the_server(visitor: Visitor, lawyer: object) -> None:
    stolen = visitor.client.get_cookie("portal")
    assert stolen is not None
    visitor.opens("/portal/")
    visitor.sends("/portal/logout")
    assert visitor.page.links("登入")
    visitor.client.set_cookie("portal", stolen.value)
    assert visitor.opens("/portal/applications").path == "/portal/login"


def test_signing_out_needs_a_token(visitor: Visitor, lawyer: object) -> None:
    assert visitor.client.post("/portal/logout").status_code == 400
    assert visitor.opens("/portal/applications").path == "/portal/applications"


def test_every_page_that_is_not_listed_is_closed(app: Flask, visitor: Visitor) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    closed = [
        r for r in app.url_map.iter_rules() if r.endpoint.startswith("portal.") and r.endpoint not in PUBLIC_ROUTES
    ]
    assert len(closed) > 15
    for rule in closed:
        with app.test_request_context():
            values = {name: 0 if name in ("position", "page") else unknown for name in rule.arguments}
            _domain, path = rule.build(values) or ("", "")
        for method in rule.methods & {"GET", "POST"}:
            response = visitor.client.open(path.split("?")[0], method=method)
            assert response.status_code == 302, (method, path)
            assert response.headers["Location"].startswith("/portal/login"), (method, path)


def test_the_list_of_public_pages_names_pages_that_exist(app: Flask) -> None:
    assert set(PUBLIC_ROUTES) <= set(app.view_functions)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/portal/",
        "/backoffice/",
        "/portal/\\x",
        "/portal/../backoffice/",
        "",
        None,
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, wanted: str | None) -> None:
    with app.test_request_context():
        assert checked_next(wanted) == "/portal/"


def test_whoever_only_looks_gets_no_session(visitor: Visitor) -> None:
    for path in ("/portal/", "/portal/hours", "/portal/sitemap", "/portal/privacy-notice", "/portal/procedures"):
        assert "Set-Cookie" not in visitor.client.get(path).headers


def test_language_is_chosen_by_a_post_from_this_site_only(visitor: Visitor) -> None:
    post = visitor.client.post
    data = {"locale": "en", "back": "/portal/hours"}
    assert post("/portal/language", data=data, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    response = post("/portal/language", data=data, headers={"Origin": "http://localhost"})
    assert response.headers["Location"] == "/portal/hours"
    assert 'lang="en"' in visitor.opens("/portal/").source
