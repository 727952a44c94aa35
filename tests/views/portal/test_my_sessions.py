"""我的登入裝置, the warning before the end, and the password asked again."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from models import Applicant
from tests import factories
from tests.stillness import StoppedClock
from tests.views.portal.conftest import Visitor
from views.portal import my_sessions

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


@pytest.fixture
def phone(app: Flask, visitor: Visitor, lawyer: Applicant) -> Visitor:
    """The same lawyer on a telephone."""
    other = Visitor(app.test_client())
    other.client.environ_base["HTTP_USER_AGENT"] = IPHONE
    other.signs_in(db.session.get_one(Applicant, lawyer.id))
    return other


def ends(visitor: Visitor, session_id: str) -> int:
    visitor.opens("/portal/my/sessions")
    token = visitor.page.form("/portal/logout").fields["csrf_token"]
    data = {"csrf_token": token, "session_id": session_id}
    return visitor.client.post("/portal/my/sessions", data=data).status_code


def session_ids(visitor: Visitor) -> list[str]:
    page = visitor.opens("/portal/my/sessions")
    return [str(field.get("value")) for field in page.tree.xpath("//input[@name='session_id']")]


def test_the_list_marks_this_device_and_ends_another(visitor: Visitor, phone: Visitor) -> None:
    page = visitor.opens("/portal/my/sessions")
    assert "Safari・iPhone" in page.main and page.main.count("本裝置") == 1
    phones = session_ids(visitor)[0]
    assert ends(visitor, phones) == 302
    assert phone.opens("/portal/messages").path == "/portal/login"
    assert visitor.opens("/portal/messages").path == "/portal/messages"
    assert "iPhone" not in visitor.opens("/portal/my/sessions").main


def test_all_others_end_at_once(visitor: Visitor, phone: Visitor) -> None:
    assert ends(phone, my_sessions.OTHERS) == 302
    assert visitor.opens("/portal/messages").path == "/portal/login"
    assert phone.opens("/portal/messages").path == "/portal/messages"


def test_a_strangers_session_does_not_exist(visitor: Visitor, phone: Visitor, stranger: Visitor) -> None:
    of_the_lawyer = session_ids(visitor)[0]
    for which in (of_the_lawyer, "", "no uuid", "00000000-0000-0000-0000-000000000000"):
        assert ends(stranger, which) == 404
    assert phone.opens("/portal/messages").path == "/portal/messages"


def test_a_session_that_idled_too_long_is_not_listed(visitor: Visitor, phone: Visitor, clock_at: StoppedClock) -> None:
    clock_at.passes(minutes=20)
    visitor.opens("/portal/")
    clock_at.passes(minutes=10)
    assert session_ids(visitor) == []


@pytest.mark.parametrize(
    ("agent", "words"), [(CHROME, "Chrome・Windows"), (IPHONE, "Safari・iPhone"), (None, "不明裝置"), ("x", "不明裝置")]
)
def test_a_device_is_named_by_what_it_calls_itself(app: Flask, agent: str | None, words: str) -> None:
    from models import BrowserSession

    with app.test_request_context():
        assert my_sessions.device(BrowserSession(user_agent=agent)) == words


class TestWarning:
    """Thirty minutes of rest, eight hours in all; a press extends the first, never the second."""

    def left(self, visitor: Visitor) -> dict[str, str]:
        return dict(visitor.opens("/portal/").tree.get_element_by_id("portal-staying").attrib)

    def stays(self, visitor: Visitor) -> dict[str, object]:
        token = visitor.page.form("/portal/session").fields["csrf_token"]
        answer = visitor.client.post("/portal/session", data={"csrf_token": token})
        assert answer.status_code == 200
        found: dict[str, object] = answer.get_json()
        return found

    def test_the_page_knows_how_long_it_may_stay(self, visitor: Visitor, lawyer: object) -> None:
        left = self.left(visitor)
        assert (left["data-seconds"], left["data-warn"], left["data-can-extend"]) == ("1800", "300", "1")
        assert left["data-sentence"] == "您已一段時間未操作，系統將於{n}分鐘後登出。按「繼續使用」可延長。"

    def test_a_press_extends(self, visitor: Visitor, lawyer: object, clock_at: StoppedClock) -> None:
        self.left(visitor)
        for _ in range(4):
            clock_at.passes(minutes=29)
            assert self.stays(visitor) == {"seconds": 1800, "can_extend": True}
        assert visitor.opens("/portal/messages").path == "/portal/messages"

    def test_what_is_promised_is_kept(self, visitor: Visitor, lawyer: object, clock_at: StoppedClock) -> None:
        clock_at.passes(seconds=59)  # not written down: the idle time runs from the sign-in
        seconds = int(self.left(visitor)["data-seconds"])
        clock_at.passes(seconds=seconds - 1)
        assert visitor.opens("/portal/messages").path == "/portal/messages"

    def test_eight_hours_are_not_extended(self, visitor: Visitor, lawyer: object, clock_at: StoppedClock) -> None:
        for _ in range(19):
            clock_at.passes(minutes=25)
            visitor.opens("/portal/")
        assert self.stays(visitor) == {"seconds": 300, "can_extend": False}

    def test_an_ended_session_is_told_so(self, visitor: Visitor, lawyer: object, clock_at: StoppedClock) -> None:
        self.left(visitor)
        clock_at.passes(minutes=30)
        assert visitor.client.post("/portal/session").headers["Location"].startswith("/portal/login")

    def test_without_a_script_the_sign_in_page_tells(self, visitor: Visitor) -> None:
        page = visitor.opens("/portal/login")
        assert "登入後30分鐘未操作，系統將自動登出；每次登入最長8小時。" in page.main
        assert "portal-staying" not in page.source


class TestAskedAgain:
    """The password before the second factor: good for five minutes, in this session only."""

    PLACE = "/portal/my/second-factor/set-up"

    def confirms(self, visitor: Visitor, password: str = factories.PASSWORD) -> None:
        visitor.opens(self.PLACE)
        assert visitor.page.path == "/portal/my/confirm"
        visitor.sends(password=password)

    def test_it_leads_on_to_the_page_that_asked(
        self, visitor: Visitor, lawyer: object, phone: Visitor, clock_at: StoppedClock
    ) -> None:
        self.confirms(visitor)
        assert visitor.page.path == self.PLACE
        assert phone.opens(self.PLACE).path == "/portal/my/confirm"
        clock_at.passes(minutes=5, seconds=-1)
        assert visitor.opens(self.PLACE).path == self.PLACE
        clock_at.passes(seconds=1)
        assert visitor.opens(self.PLACE).path == "/portal/my/confirm"

    def test_five_wrong_ones_lock(self, visitor: Visitor, lawyer: object) -> None:
        for _ in range(5):
            self.confirms(visitor, "wrong")
            assert visitor.page.status in (422, 429)
        self.confirms(visitor)
        assert visitor.page.status == 429 and "鎖定15分鐘" in visitor.page.main

    def test_it_leads_nowhere_else(self, visitor: Visitor, lawyer: object) -> None:
        visitor.opens("/portal/my/confirm?next=https://elsewhere.example/")
        assert visitor.sends(password=factories.PASSWORD).path == "/portal/"
