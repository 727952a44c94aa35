"""Nobody learns here who is registered: known and unknown names get the same pages, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app import clock
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Visitor
from tests.views.portal.test_registration import typed

#: What differs from one page to the next for everybody.
CHANCE = re.compile(r'(nonce|value)="[A-Za-z0-9_.-]{16,}"|captcha\.png\?v=\w+|nonce-[\w-]+')
Walk = Callable[[Visitor, str], list[str]]


def seen(visitor: Visitor, mail: str) -> str:
    page = visitor.page
    return f"{page.status} {page.address}\n" + CHANCE.sub("…", page.source).replace(mail, "MAIL")


def registering(visitor: Visitor, mail: str) -> list[str]:
    visitor.opens("/portal/register/notice")
    visitor.sends(agree="y")
    visitor.sends(**typed(mail=mail), captcha=visitor.code())
    pages = [seen(visitor, mail)]
    for _ in range(2):
        visitor.opens("/portal/register/done")
        visitor.sends("/portal/register/resend")
        pages.append(seen(visitor, mail))
    visitor.opens("/portal/register/correct")
    visitor.sends(mail="so" + mail)
    pages.append(seen(visitor, mail))
    visitor.sends("/portal/register/resend")
    pages.append(seen(visitor, mail))
    visitor.opens("/portal/verify/no-such-link")
    return [*pages, seen(visitor, mail)]


def forgetting(visitor: Visitor, mail: str) -> list[str]:
    pages = []
    for _ in range(7):
        visitor.opens("/portal/password")
        visitor.sends(identifier=mail, captcha=visitor.code())
        pages.append(seen(visitor, mail))
    return pages


def signing_in(visitor: Visitor, mail: str) -> list[str]:
    pages = []
    for _ in range(7):
        visitor.opens("/portal/login")
        visitor.sends(identifier=mail, password="wrong password", captcha=visitor.code())
        pages.append(seen(visitor, mail))
    return pages


@pytest.mark.parametrize("walk", [registering, forgetting, signing_in])
@pytest.mark.parametrize("kind", ["active", "unverified", "disabled"])
def test_known_and_unknown_read_the_same(app: Flask, reference_data: None, walk: Walk, kind: str) -> None:
    mails = ["known@example.com", "never@example.com"]
    if kind == "unverified":
        factories.unverified_applicant(mail=mails[0])
    else:
        factories.applicant(mail=mails[0], **({"state": "disabled"} if kind == "disabled" else {}))
    masked = {mails[0]: "kn*****", mails[1]: "ne*****"}
    known, unknown = (
        [page.replace(masked[mail], "MASK") for page in walk(Visitor(app.test_client()), mail)] for mail in mails
    )
    assert known == unknown


def test_a_bound_id_number_reads_the_same(app: Flask, reference_data: None) -> None:
    number = factories.id_number()
    factories.applicant(id_number=number, id_bound_at=clock.now())
    pages = []
    for id_number in (number, factories.id_number()):
        visitor = Visitor(app.test_client())
        visitor.opens("/portal/register/notice")
        visitor.sends(agree="y")
        visitor.sends(**typed(id_number=id_number, mail="one.more@example.com"), captcha=visitor.code())
        pages.append(seen(visitor, id_number))
    assert pages[0] == pages[1]


def test_waiting_before_sending_again_is_the_same(app: Flask, reference_data: None, clock_at: StoppedClock) -> None:
    factories.applicant(mail="known@example.com")
    answers = []
    for mail in ("known@example.com", "never@example.com"):
        clock_at("2026-03-03 09:00")
        visitor = Visitor(app.test_client())
        registering(visitor, mail)
        clock_at.passes(minutes=3)
        visitor.opens("/portal/register/done")
        visitor.sends("/portal/register/resend")
        answers.append((visitor.page.status, "驗證信已重新寄出" in visitor.page.main))
    assert answers[0] == answers[1] == (200, True)
