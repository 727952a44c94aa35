"""便民服務入口網, as an applicant goes through it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import Relationship, VisitKind
from app.services import second_factor
from app.transaction import end_reading
from models import Applicant, Inmate, Notification, ServiceGrant, SessionKind
from tests.doors.page import Page
from tests.doors.visitor import Visitor
from tests.factories import PASSWORD, files, id_number

NEXT = "下一步"


class Portal(Visitor):
    """An applicant with a browser."""

    def is_signed_in_as(self, applicant: Applicant) -> Portal:
        """Be signed in already, without going through the form; for tests of what comes after."""
        self._arrive_signed_in(applicant.id, {})
        return self

    def signs_in(self, applicant: Applicant, password: str = PASSWORD, expect: int | None = 200) -> Page:
        """Sign in through the form, with the right code."""
        mail = applicant.mail
        self.opens("/portal/login")
        fields = {"identifier": mail, "password": password, "captcha": self.captcha_answer()}
        return self.submits(fields, expect=expect)

    def signs_out(self) -> Page:
        """Press 登出."""
        return self.submits(form="/portal/logout")

    def enters_code(self, applicant_id: str, expect: int | None = 200) -> Page:
        """Type what the telephone shows now, on the page that asks for it."""
        end_reading()
        code = second_factor.current_code(SessionKind.APPLICANT, applicant_id)
        return self.submits({"code": code}, expect=expect)

    def forgets_password(self, identifier: str, expect: int | None = 200) -> Page:
        """Follow 忘記密碼 and ask for a link by mail."""
        self.opens("/portal/login")
        self.follows("忘記密碼")
        return self.submits({"identifier": identifier, "captcha": self.captcha_answer()}, expect=expect)

    def resets_password(self, mail: str, password: str, expect: int | None = 200) -> Page:
        """Open the link of the mail and choose a new password."""
        self.opens(self.link_in_mail(mail))
        return self.submits({"password": password, "password_again": password}, expect=expect)

    def changes_password(self, password: str, current: str = PASSWORD, expect: int | None = 200) -> Page:
        """變更密碼."""
        self.opens("/portal/my/password")
        return self.submits({"current": current, "password": password, "password_again": password}, expect=expect)

    def registers(self, mail: str = "new@example.com", expect: int | None = 200, **fields: Any) -> Page:
        """Read and tick the notice, fill in the form; ``fields`` go over a form that is right."""
        self.opens("/portal/register/notice")
        self.submits({"agree": "y"})
        right = {
            "name": "陳律師",
            "id_kind": "national_id",
            "id_number": id_number(),
            "birth_calendar": "roc",
            "birth_year": "69",
            "birth_month": "5",
            "birth_day": "17",
            "mail": mail,
            "mobile": "0912345678",
            "address": "臺北市中正區重慶南路一段130號",
            "occupation": "律師",
            "password": PASSWORD,
            "password_again": PASSWORD,
            "captcha": self.captcha_answer(),
        }
        return self.submits({**right, **fields}, expect=expect)

    def link_in_mail(self, mail: str) -> str:
        """The live link in the newest mail to this address, without the host."""
        end_reading()
        newest = select(Notification).order_by(Notification.queued_at.desc(), Notification.id)
        for message in db.session.scalars(newest):
            if message.recipient == mail and message.secret and message.secret.get("link"):
                base = self.client.application.config["BASE_URL"]
                return str(message.secret["link"]).removeprefix(base)
        raise AssertionError(f"no mail to {mail} has a link")

    def verifies(self, mail: str) -> Page:
        """Open the link of the mail and press its button."""
        self.opens(self.link_in_mail(mail))
        return self.submits()

    def applies(self, about: Inmate, relation: Relationship = Relationship.LAWYER, expect: int | None = 200) -> Page:
        """Apply for visits to an inmate, with one paper of each kind that is asked for."""
        agency_id, number = about.agency_id, about.number
        self.opens("/portal/applications/new")
        self.submits({"agency_id": agency_id, "number": number})
        fields: dict[str, Any] = {"relation": relation.value}
        if relation is Relationship.LAWYER:
            fields["certificate_number"] = "臺檢證字第1234號"
        elif relation is Relationship.TRAINEE_LAWYER:
            fields["supervising_lawyer"] = "李律師"
        self.submits(fields)
        self.uploads("identity", files.jpeg())
        self.uploads("mandate", files.pdf())
        return self.submits(form="/submit", expect=expect)

    def uploads(self, kind: str, paper: files.Upload, expect: int | None = 200) -> Page:
        """Put one paper into the draft that is open."""
        form = next(f for f in self.page.forms() if kind in f.names)
        return self.sends(form, {kind: paper}, expect=expect)

    def books(
        self,
        grant: ServiceGrant,
        day: date,
        at: str,
        companions: list[dict[str, str]] | None = None,
        expect: int | None = 200,
    ) -> Page:
        """Announce a visit on this day, arriving at ``"09:30"``."""
        grant_id = grant.id
        self.opens("/portal/bookings/new")
        self.submits({"kind": VisitKind.LAWYER_ON_SITE.value})
        self.submits({"grant_id": grant_id})
        for companion in companions or []:
            self.submits(companion, button="加入")
        self.submits(button=NEXT)
        hour, minute = at.split(":")
        half = "morning" if int(hour) < 12 else "afternoon"
        time = {f"{half}_hour": hour, f"{half}_minute": minute}
        page = self.submits({"visit_on": day.isoformat(), "half": half, **time}, expect=None)
        if page.status == 200 and "confirm" in page.address:
            return self.submits(expect=expect)
        return self._expected(expect)
