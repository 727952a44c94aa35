"""便民服務後臺管理系統: the officers' door, declared over models."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from views.backoffice.framework import OfficeBuilder, StaffSecurity, babel
from views.backoffice.roles import ROLES


def register(app: Flask) -> None:
    """Build the back office on this app; needs an app context."""
    app.config["FAB_ROLES"] = ROLES
    builder = OfficeBuilder(base_template="backoffice/layout.html", security_manager_class=StaffSecurity)
    builder.init_app(app, db.session)
    babel(app)
