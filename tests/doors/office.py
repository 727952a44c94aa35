"""便民服務後臺管理系統 and 便民服務稽核查詢系統, as staff go through them."""

from __future__ import annotations

from app.rules.vocabulary import Verdict
from models import Officer, ServiceApplication, SessionKind
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
        """Sign in through the form, with the right code."""
        username = officer.username
        self.opens("/backoffice/login/")
        fields = {"username": username, "password": password, "captcha": self.captcha_answer()}
        return self.submits(fields, expect=expect)

    def signs_out(self) -> Page:
        """Press 登出."""
        return self.submits(form="/backoffice/logout/")

    def approves(self, application: ServiceApplication, expect: int | None = 200, **fields: str) -> Page:
        """Decide a case: 審核通過."""
        return self._decides(application, {"verdict": Verdict.APPROVE.value, **fields}, expect)

    def rejects(self, application: ServiceApplication, reason: str, expect: int | None = 200, **fields: str) -> Page:
        """Decide a case: 審核未通過, with a reason of the list."""
        return self._decides(application, {"verdict": Verdict.REJECT.value, "reason": reason, **fields}, expect)

    def _decides(self, application: ServiceApplication, fields: dict[str, str], expect: int | None) -> Page:
        self.opens(f"/backoffice/applications/review/{application.id}")
        return self.submits(fields, button="儲存審核結果", expect=expect)
