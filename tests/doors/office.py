"""便民服務後臺管理系統 and 便民服務稽核查詢系統, as staff go through them."""

from __future__ import annotations

from sqlalchemy import update

from app.rules.vocabulary import Verdict
from app.services import second_factor
from app.transaction import transaction
from models import Officer, SecondFactor, ServiceApplication, SessionKind
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
        """Sign in through the forms, with the right codes."""
        self.gives_password(officer, password, expect)
        if self.page.address != "/backoffice/login/code/":
            return self.page
        return self.submits({"code": self.code_of(officer)}, expect=expect)

    def gives_password(self, officer: Officer, password: str = PASSWORD, expect: int | None = 200) -> Page:
        """The first step of signing in only."""
        username = officer.username
        self.opens("/backoffice/login/")
        fields = {"username": username, "password": password, "captcha": self.captcha_answer()}
        return self.submits(fields, expect=expect)

    @staticmethod
    def code_of(officer: Officer) -> str:
        """What the officer's telephone shows now; the clock stands still, so a code that was used works once more."""
        subject = str(officer.id)
        with transaction() as session:
            session.execute(update(SecondFactor).where(SecondFactor.subject_id == subject).values(last_step=0))
        code = second_factor.current_code(SessionKind.STAFF, subject)
        assert code is not None, "this officer has no second factor"
        return code

    def confirms(self, password: str = PASSWORD, expect: int | None = 200) -> Page:
        """Give the password that the page in front asks for again."""
        return self.submits({"password": password}, form="/backoffice/account/confirm/", expect=expect)

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
