"""What stands in the pages: nothing that the policy would stop, nothing from elsewhere (ASVS 3.4.3, 3.4.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

import config
from tests.security.conftest import Answer
from tests.security.headers import nonce_of

STATIC = Path(config.ROOT) / "app" / "static"
#: Attributes whose address a browser fetches or goes to.
_ADDRESSES = (
    "src",
    "href",
    "action",
    "formaction",
    "data",
    "poster",
    "srcset",
    "background",
    "cite",
    "ping",
    "manifest",
)
#: Addresses that lead to another place when somebody presses a link; nothing is fetched from them.
LINKS_AWAY: set[str] = set()


def pages(answers: list[Answer]) -> Iterator[Answer]:
    return (answer for answer in answers if answer.is_page)


def test_every_script_and_style_carries_the_nonce(answers: list[Answer]) -> None:
    wrong = []
    for page in pages(answers):
        nonce = nonce_of(page.response)
        for tag in page.tree.iter("script", "style"):
            if tag.get("nonce") != nonce:
                wrong.append(f"{page}: <{tag.tag}> {tag.attrib}")
    assert not wrong, "\n".join(wrong)


def test_there_are_pages_with_scripts(answers: list[Answer]) -> None:
    with_scripts = {page.rule for page in pages(answers) if list(page.tree.iter("script"))}
    assert {"/portal/", "/backoffice/", "/backoffice/login/"} <= with_scripts


def test_no_handler_no_style_no_script_link(answers: list[Answer]) -> None:
    wrong = set()
    for page in pages(answers):
        for element in page.tree.iter("*"):
            for name, value in element.attrib.items():
                is_script = name.startswith("on") or value.strip().lower().startswith(("javascript:", "vbscript:"))
                if is_script or name in ("style", "srcdoc"):
                    wrong.add(f"{page}: <{element.tag} {name}={value[:60]!r}>")
        wrong |= {f"{page}: <{tag.tag}>" for tag in page.tree.iter("iframe", "object", "embed", "applet", "base")}
    assert not wrong, "\n".join(sorted(wrong))


def test_nothing_is_fetched_from_elsewhere(answers: list[Answer]) -> None:
    wrong = set()
    for page in pages(answers):
        for element in page.tree.iter("*"):
            for name in _ADDRESSES:
                target = urlsplit((element.get(name) or "").strip())
                elsewhere = target.netloc or target.scheme not in ("", "mailto", "tel")
                if elsewhere and not (element.tag == "a" and target.netloc in LINKS_AWAY):
                    wrong.add(f"{page}: <{element.tag} {name}={element.get(name)!r}>")
    assert not wrong, "\n".join(sorted(wrong))


def test_stylesheets_and_scripts_fetch_nothing_from_elsewhere() -> None:
    found = [path for path in STATIC.rglob("*") if path.suffix in (".css", ".js")]
    assert len(found) > 4
    fetches = re.compile(r"""url\(\s*['"]?(?:https?:)?//|@import|fetch\(\s*['"](?:https?:)?//""")
    wrong = [str(path) for path in found if fetches.search(path.read_text())]
    assert not wrong, wrong


def test_links_to_other_places_give_nothing_away(answers: list[Answer]) -> None:
    for page in pages(answers):
        for link in page.tree.iter("a"):
            if link.get("target") == "_blank":
                assert "noopener" in (link.get("rel") or ""), f"{page}: {link.get('href')}"


def test_forms_are_sent_to_this_program(answers: list[Answer]) -> None:
    for page in pages(answers):
        for form in page.tree.iter("form"):
            action = form.get("action") or ""
            assert action == "" or (action.startswith("/") and not action.startswith("//")), f"{page}: {action}"
            can_be_sent = any(one.get("type", "submit") == "submit" for one in form.iter("button", "input"))
            if can_be_sent and (form.get("method") or "get").lower() == "post":
                tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token"]
                assert tokens or action.startswith("/portal/language"), f"{page}: {action} has no token"


def test_a_broken_page_is_as_clean(broken: Callable[[str], Flask]) -> None:
    response = broken("portal.home").test_client().get("/portal/")
    page = Answer("anonymous", "/portal/", response)
    assert page.response.status_code == 500
    for test in (test_every_script_and_style_carries_the_nonce, test_no_handler_no_style_no_script_link):
        test([page])
    test_nothing_is_fetched_from_elsewhere([page])
