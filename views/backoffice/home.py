"""首頁 of the back office."""

from __future__ import annotations

from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access


class HomeView(BaseView):
    """What waits, and where to go."""

    route_base = "/backoffice"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> str:
        """The first page after signing in."""
        return str(self.render_template("backoffice/home.html"))
