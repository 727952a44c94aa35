"""便民服務後臺管理系統 and 便民服務稽核查詢系統, as staff go through them."""

from __future__ import annotations

from models import Officer, SessionKind
from tests.doors.page import Page
from tests.doors.visitor import Visitor
from tests.factories import PASSWORD


class Office(Visitor):
    """A member of staff with a browser."""

    kind = SessionKind.STAFF
    cookie = "staff"

    def is_signed_in_as(self, officer: Officer) -> Office:
        """Be signed in already, without going through the form; for tests of what comes after."""
        self._arrive_signed_in(str(officer.id), {"_user_id": str(officer.id), "_fresh": True})
        return self

    def signs_in(self, officer: Officer, password: str = PASSWORD, expect: int | None = 200) -> Page:
        """Sign in through the form."""
        username = officer.username
        self.opens("/backoffice/login/")
        return self.submits({"username": username, "password": password}, button="登入", expect=expect)

    def signs_out(self) -> Page:
        """Press 登出."""
        return self.submits(form="/backoffice/logout/")
