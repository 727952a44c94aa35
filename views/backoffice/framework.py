"""Flask-AppBuilder, fitted to one door: everything under /backoffice, roles in code, no security screens.

Roles are Flask-AppBuilder's builtin roles (``FAB_ROLES``): they stand in ``views/backoffice/roles.py``, are read
without a query, and nobody can grant himself more through a screen.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask_appbuilder import AppBuilder, BaseView, expose
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import Role
from flask_appbuilder.views import UtilView as FabUtilView
from flask_babel import Babel, get_locale
from flask_login import LoginManager, current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from app import clock
from app.extensions import db
from app.i18n import DEFAULT_LOCALE, LOCALES, html_lang
from app.services import staff
from models import Officer
from views.backoffice.access import front_page, is_only_auditor, local_path
from views.backoffice.home import HomeView
from views.backoffice.menus import visible_entries
from views.backoffice.own_account import OwnAccountView
from views.backoffice.own_second_factor import OwnSecondFactorView
from views.backoffice.sign_in import SignInView
from views.backoffice.sign_in_steps import SignInStepsView


class StaffSecurity(SecurityManager):
    """Staff accounts without Flask-AppBuilder's own screens, sign-in, bookkeeping or registration."""

    user_model = Officer

    def register_views(self) -> None:
        self.auth_view = self.appbuilder.add_view_no_menu(SignInView)
        for view in (SignInStepsView, OwnAccountView, OwnSecondFactorView):
            self.appbuilder.add_view_no_menu(view)

    def create_login_manager(self, app: Flask) -> LoginManager:
        manager = super().create_login_manager(app)
        manager.login_view = "SignInView.login"
        manager.session_protection = None  # sessions are rows on the server with a number of their own
        return manager

    def load_user(self, pk: int) -> Officer | None:
        # A session that was revoked or belongs to the other door never gets here: app.session has dropped it.
        with_rights = select(Officer).options(joinedload(Officer.roles), selectinload(Officer.agencies))
        officer = db.session.scalars(with_rights.where(Officer.id == int(pk))).unique().one_or_none()
        return officer if officer is not None and staff.is_usable(officer, clock.today()) else None

    def get_user_roles(self, user: Officer) -> list[Role]:
        # Nobody is put into Flask-AppBuilder's groups: they are not even asked for.
        return list(user.roles) if user.is_authenticated else []

    def has_access(self, permission_name: str, view_name: str) -> bool:
        # Nothing is public and nobody comes with an API token: no session, no access.
        return bool(current_user.is_authenticated) and self._has_view_access(current_user, permission_name, view_name)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False


class UtilView(FabUtilView):
    """Flask-AppBuilder's "back", under our door."""

    route_base = "/backoffice/util"

    def get_redirect(self) -> str:
        return url_for("HomeView.index")


class LanguageView(BaseView):
    """Switch the language of the back office; by POST, because it changes the session."""

    route_base = "/backoffice/language"
    default_view = "choose"

    @expose("/", methods=["POST"])
    def choose(self) -> Response:
        """Keep the chosen language for this session and go back to the page before."""
        if request.form.get("locale") in LOCALES:
            session["locale"] = request.form["locale"]
        home = front_page(current_user) if current_user.is_authenticated else url_for("SignInView.login")
        return redirect(local_path(request.form.get("back")) or home)


class OfficeBuilder(AppBuilder):
    """Registers only what stands under /backoffice."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(HomeView)
        self.add_view_no_menu(UtilView)
        self.add_view_no_menu(LanguageView)
        self.sm.register_views()


def locale() -> str:
    """The reader's language: chosen in this session, else the browser's wish, else Chinese."""
    chosen = session.get("locale") if session else None
    if chosen in LOCALES:
        return str(chosen)
    if not request:
        return DEFAULT_LOCALE
    wanted = request.accept_languages.best_match(["zh-TW", "zh-Hant-TW", "zh", "en"])
    return "en" if wanted == "en" else DEFAULT_LOCALE


def babel(app: Flask) -> Babel:
    """The one Babel instance, which Flask-AppBuilder makes; Flask-Admin and the portal use it too."""
    instance: Any = app.extensions["babel"]
    instance.locale_selector = locale
    return instance


def words(app: Flask) -> None:
    """What the back office's templates ask for by name."""
    app.jinja_env.globals.update(
        locales=LOCALES,
        locale_now=lambda: str(get_locale() or DEFAULT_LOCALE),
        html_lang=html_lang,
        staff_menu=visible_entries,
        is_auditor=lambda: bool(current_user.is_authenticated and is_only_auditor(current_user)),
        this_year=lambda: clock.today().year,
        # Told as a span: the clock of somebody's machine may be wrong by hours.
        seconds_until=lambda moment: int((moment - clock.now()).total_seconds()),
    )
