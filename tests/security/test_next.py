"""``next=`` leads into the door itself or nowhere (ASVS 3.7.2)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask

from tests import factories
from tests.doors import Office, Page, Portal

#: Addresses that must lead nobody away; ``{door}`` stands for the door's own path.
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/{door}",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "http://localhost/{door}/",
    "HTTPS://evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\r\n/evil.example",
    "\x00//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "{door}@evil.example",
    ".evil.example",
    "{door}/../../evil",
    "{door}/../{other}/",
    "{door}/%2e%2e/{other}/",
    "{door}/..%2f{other}/",
    "{door}/.%2e/%2e./x",
    "{door}/\\..\\evil",
    "{door}/%5c..%5cevil",
    "{door}/%252e%252e/x",
    "{door}/\r\nSet-Cookie: x=1",
    "{door}/%0d%0aSet-Cookie: x=1",
    "/{other}/",
    "?next=//evil.example",
    "#//evil.example",
    "{door}evil.example/",
    "//{door}",
    "",
    "/",
]
DOORS = {"portal": "backoffice", "backoffice": "portal"}


def cases() -> list[tuple[str, str]]:
    return [
        (door, text.replace("{door}", f"/{door}").replace("{other}", other))
        for door, other in DOORS.items()
        for text in ELSEWHERE
    ]


def stays(door: str, location: str) -> bool:
    """Whether a browser that follows this address is still at a door of the same people."""
    # Browsers drop tabs and line ends, and read a backslash as a slash.
    cleaned = "".join(sign for sign in location if sign not in "\t\r\n").replace("\\", "/")
    target, roots = urlsplit(cleaned), ("/portal/",) if door == "portal" else ("/backoffice/", "/auditor/")
    plain = unquote(unquote(unquote(target.path))).replace("\\", "/")
    return not target.scheme and not target.netloc and plain.startswith(roots) and ".." not in plain


@pytest.mark.parametrize(("door", "wanted"), cases())
def test_signing_in_leads_nobody_away(app: Flask, door: str, wanted: str) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    location = _after_signing_in(app, door, wanted)
    assert stays(door, location), location


@pytest.mark.parametrize(
    ("door", "wanted"),
    [("portal", "/portal/bookings?state=pending"), ("backoffice", "/backoffice/parameters/list/?psize=5")],
)
def test_signing_in_leads_back(app: Flask, door: str, wanted: str) -> None:
    assert _after_signing_in(app, door, wanted) == wanted


def _after_signing_in(app: Flask, door: str, wanted: str) -> str:
    from views.backoffice.access import local_path
    from views.portal.guard import checked_next

    with app.test_request_context(f"/{door}/"):
        return checked_next(wanted) if door == "portal" else local_path(wanted) or "/backoffice/"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "\\\\evil.example", "/%09/evil.example", "{door}/../{other}/", "{door}/\r\nX: 1"]
)
def test_the_sign_in_form_itself_leads_nobody_away(app: Flask, wanted: str) -> None:
    """Through the form, as a link in a mail would begin it; the matrix above asks the rule that it uses."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    portal = Portal(app.test_client())
    lawyer = factories.applicant()
    portal.client.get("/portal/login", query_string={"next": wanted.format(door="/portal", other="backoffice")})
    page = portal.opens("/portal/login")
    fields = {"identifier": lawyer.mail, "password": factories.PASSWORD, "captcha": portal.captcha_answer()}
    form = page.form()
    answer = portal.client.post(
        "/portal/login",
        query_string={"next": wanted.format(door="/portal", other="backoffice")},
        data=form.filled(fields),
    )
    assert answer.status_code == 302
    assert stays("portal", answer.location), answer.location


@pytest.mark.timeout(20)
def test_an_address_that_was_wrapped_very_often_leads_nowhere(app: Flask) -> None:
    """Unwrapping it takes hours: it is refused by its length."""
    wrapped = "/portal/%" + "25" * 400_000
    answer = app.test_client().post(
        "/portal/language", data={"back": wrapped, "locale": "en"}, headers={"Origin": "http://localhost"}
    )
    assert (answer.status_code, answer.location) == (302, "/portal/")


def test_who_does_not_say_where_a_post_comes_from_changes_no_language(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for origin in ("", "null", "http://evil.example", "http://[", "http://localhost.evil.example"):
        answer = app.test_client().post("/portal/language", data={"locale": "en"}, headers={"Origin": origin})
        assert answer.status_code == 403 and "Set-Cookie" not in answer.headers, origin


def test_the_link_to_the_back_offices_sign_in_is_cleaned_before_it_is_shown(app: Flask) -> None:
    office = Office(app.test_client())
    for wanted in ("//evil.example", "https://evil.example", "/backoffice/../portal/"):
        office.client.get("/backoffice/login/", query_string={"next": wanted})
        page = Page(office.client.get("/backoffice/login/", query_string={"next": wanted}))
        assert [field.get("value", "") for field in page.tree.iter("input") if field.get("name") == "next"] == [""]


def test_the_language_leads_nobody_away(app: Flask) -> None:
    office = Office(app.test_client()).is_signed_in_as(factories.auditor())
    token = office.client.get("/auditor/").text.split('name="csrf_token" value="')[1].split('"')[0]
    for wanted in ("//evil.example", "\\\\evil.example", "https:evil.example", "/auditor/../portal/"):
        answer = office.client.post("/backoffice/language/", data={"csrf_token": token, "locale": "en", "back": wanted})
        assert answer.status_code == 302 and stays("backoffice", answer.location), answer.location
