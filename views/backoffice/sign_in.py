"""登入系統 for staff."""

from __future__ import annotations

from flask_appbuilder import BaseView, expose


class SignInView(BaseView):
    """Sign in and out at the back office."""

    route_base = "/backoffice"
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> str:
        """The sign-in page."""
        return str(self.render_template("backoffice/sign_in.html"))
