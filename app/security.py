"""What guards every page: who is acting, the nonce and headers, the host names that are answered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import flask_wtf
from flask import Flask, Response, abort, current_app, g, request
from werkzeug.wrappers import Response as Redirect

from models import Applicant, Officer

#: A longer address to go on to is none of ours.
LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Actor:
    """Who does an act: ``kind`` is ``applicant``, ``staff``, ``system`` or ``anonymous``."""

    kind: str
    id: str | None = None
    name: str | None = None
    remote_address: str | None = None

    @classmethod
    def applicant(cls, applicant: Applicant) -> Actor:
        """An applicant, acting from the address of this request."""
        return cls("applicant", applicant.id, applicant.name, request.remote_addr)

    @classmethod
    def staff(cls, officer: Officer) -> Actor:
        """An officer, acting from the address of this request."""
        return cls("staff", str(officer.id), officer.full_name, request.remote_addr)

    @classmethod
    def visitor(cls) -> Actor:
        """Somebody who has not signed in."""
        return cls("anonymous", remote_address=request.remote_addr)


#: The program itself: worker, seeds, command line.
SYSTEM = Actor("system", name="system")


def csp_nonce() -> str:
    """The nonce of this response's scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def path_within(target: str | None, doors: tuple[str, ...]) -> str | None:
    """An address out of a request, if it is a path below one of these; None for whatever could lead elsewhere."""
    if not target or len(target) > LONGEST_ADDRESS:  # unwrapping takes a time that grows with the length's square
        return None
    if not target.startswith(doors) or not target.isprintable() or "\\" in target:
        return None
    path = urlsplit(target).path
    while (plain := unquote(path)) != path:  # however often it was wrapped
        path = plain
    return None if ".." in path or "\\" in path or not path.isprintable() else target


def forgotten(response: Redirect) -> Redirect:
    """The answer to signing out: browsers empty their cache and storage of this site (on TLS only, as they ask)."""
    if request.is_secure:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def page_of_form() -> str | None:
    """The page that a refused form stood on, where the form was sent to the address of its page; None elsewhere.

    Nothing that came along decides it (no Referer, no field): the address is one of ours, which can be looked at.
    """
    if request.method in ("GET", "HEAD") or request.url_rule is None:
        return None
    can_be_opened = current_app.url_map.bind("").test(request.path, method="GET")
    return request.path if can_be_opened else None


def _headers(response: Response) -> Response:
    nonce = csp_nonce()
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "/static/" not in request.path and "no-store" not in headers.get("Cache-Control", ""):
        headers["Cache-Control"] = "no-store"
    return response


def _typed(meta: Any, form: Any, formdata: Any) -> Any:
    """What a form reads: texts that were posted as a form's.

    Flask-WTF would also hand it JSON, whose values are anything, and files, under the names of text fields.
    """
    if formdata is not flask_wtf.form._Auto:
        return formdata
    is_sent = request.method in flask_wtf.form.SUBMIT_METHODS and (request.form or request.files)
    return request.form if is_sent else None


def install(app: Flask) -> None:
    """Answer only known hosts, let forms read texts only, and send the security headers with every response."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    flask_wtf.FlaskForm.Meta.wrap_formdata = _typed

    @app.before_request
    def _known_host() -> None:
        host = request.host.rsplit(":", 1)[0]
        if host not in app.config["TRUSTED_HOSTS"]:
            abort(400)

    app.after_request(_headers)
