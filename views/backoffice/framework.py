"""Flask-AppBuilder, fitted to one door: everything under /backoffice, roles in code, no security screens.

Roles are Flask-AppBuilder's builtin roles (``FAB_ROLES``): they stand in ``views/backoffice/roles.py``, are read
without a query, and nobody can grant himself more through a screen.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, redirect, request, session, url_for
from flask_appbuilder import AppBuilder, BaseView, expose
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.views import UtilView as FabUtilView
from flask_babel import Babel
from flask_login import LoginManager
from werkzeug.wrappers import Response

from app.extensions import db
from app.i18n import DEFAULT_LOCALE, LOCALES
from models import Officer
from views.backoffice.home import HomeView
from views.backoffice.sign_in import SignInView


class StaffSecurity(SecurityManager):
    """Staff accounts without Flask-AppBuilder's own screens, sign-in, bookkeeping or registration."""

    user_model = Officer

    def register_views(self) -> None:
        self.auth_view = self.appbuilder.add_view_no_menu(SignInView)

    def create_login_manager(self, app: Flask) -> LoginManager:
        manager = super().create_login_manager(app)
        manager.login_view = "SignInView.login"
        manager.session_protection = None  # sessions are rows on the server with a number of their own
        return manager

    def load_user(self, pk: int) -> Officer | None:
        officer = db.session.get(Officer, int(pk))
        # A session that was revoked or belongs to the other door never gets here: app.session has dropped it.
        return officer if officer is not None and officer.is_active else None

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
        back = request.form.get("back", "")
        return redirect(back if back.startswith("/backoffice/") and "//" not in back else url_for("HomeView.index"))


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
