"""Pages that only tell: home, the menu's pages, procedures, site map, privacy notice."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from app.rules.office_vocabulary import NoticeKind
from app.services import notices, registration
from models import Applicant
from views.portal import menu
from views.portal.door import door
from views.portal.guard import signed_in

#: How many notices and procedures the front page names.
HOME_SHOWS = 5


@door.get("/")
def home() -> str:
    """首頁: 訊息公告, 申辦流程."""
    return render_template(
        "portal/home.html",
        entries=menu.MENU,
        notices=notices.in_force(NoticeKind.NOTICE, HOME_SHOWS),
        procedures=notices.in_force(NoticeKind.PROCEDURE, HOME_SHOWS),
    )


def _menu_page(endpoint: str) -> str:
    entry = next(entry for entry in menu.MENU if entry.endpoint == endpoint)
    return render_template("portal/menu_page.html", entry=entry)


@door.get("/account")
def account() -> str:
    """帳號與服務."""
    return _menu_page("portal.account")


@door.get("/visits")
def visits() -> str:
    """預約接見."""
    return _menu_page("portal.visits")


@door.get("/family-book")
def family_book() -> str:
    """家庭聯絡簿."""
    return _menu_page("portal.family_book")


@door.get("/other")
@signed_in
def other(applicant: Applicant) -> str:
    """使用者其他功能."""
    return _menu_page("portal.other")


@door.get("/procedures")
def procedures() -> str:
    """訊息及流程公告."""
    return render_template(
        "portal/procedures.html",
        notices=notices.in_force(NoticeKind.NOTICE),
        procedures=notices.in_force(NoticeKind.PROCEDURE),
    )


@door.get("/notices/<uuid:notice_id>")
def notice(notice_id: UUID) -> str:
    """One notice or procedure in full, while it is published."""
    return render_template("portal/notice.html", notice=notices.published(str(notice_id)))


@door.get("/sitemap")
def sitemap() -> str:
    """網站導覽."""
    return render_template("portal/sitemap.html", entries=menu.shown_menu())


@door.get("/privacy-notice")
def privacy_notice() -> str:
    """個資收集聲明."""
    return render_template("portal/privacy_notice.html", notice=registration.current_notice())
