"""What a browser shows: one page, its words, its links, and its forms with what is already in them."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

from cssselect2 import ElementWrapper
from lxml import html
from werkzeug.test import TestResponse

Fields = dict[str, Any]
_NOT_SENT = {"submit", "button", "image", "reset", "file"}


def select(element: Any, selector: str) -> list[Any]:
    """The elements below this one that a CSS selector finds, in the order of the page."""
    return [found.etree_element for found in ElementWrapper.from_html_root(element).query_all(selector)]


class Page:
    """One answer of the program, as a person sees it."""

    def __init__(self, response: TestResponse) -> None:
        self.response, self.status = response, response.status_code
        self.address = urlsplit(response.request.url).path
        is_html = response.mimetype == "text/html" and bool(response.data)
        self.tree = html.document_fromstring(response.get_data(as_text=True)) if is_html else html.Element("html")

    @property
    def text(self) -> str:
        """Every word on the page, without scripts and styles, spaces squeezed."""
        words = self.tree.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
        return " ".join(" ".join(words).split())

    @property
    def title(self) -> str:
        """The words of the first heading."""
        return self.words("h1")

    @property
    def errors(self) -> list[str]:
        """What the page says has to be mended: the error summary, else messages in the page."""
        found = select(self.tree, ".govuk-error-summary__list li") or select(self.tree, "[role=alert], .alert-danger")
        return [_words(element) for element in found]

    def words(self, selector: str) -> str:
        """The words of the first element that a CSS selector finds; empty where there is none."""
        return next((_words(element) for element in select(self.tree, selector)), "")

    def rows(self, selector: str = "table tbody tr") -> list[list[str]]:
        """The cells of a table, row by row."""
        return [[_words(cell) for cell in select(row, "td, th")] for row in select(self.tree, selector)]

    def link(self, words: str) -> str:
        """The address behind the first link with these words."""
        for anchor in select(self.tree, "a[href]"):
            if words in _words(anchor) or words == anchor.get("aria-label"):
                return str(anchor.get("href"))
        raise AssertionError(f"{self.address} has no link {words!r}; it says: {self.text[:500]}")

    def forms(self, selector: str = "form") -> list[Form]:
        """The forms of the page."""
        return [Form(self, element) for element in select(self.tree, selector)]

    def form(self, which: str | None = None, button: str | None = None) -> Form:
        """A form: by a part of its address or its id, by the words of a button in it, else the page's largest one."""
        forms = self.forms("main form, [role=main] form")
        if which is not None or button is not None or not forms:
            forms = self.forms()
        if which is not None:
            forms = [form for form in forms if which in form.action or which == form.element.get("id")]
        if button is not None:
            forms = [form for form in forms if form.button(button) is not None]
        if not forms:
            raise AssertionError(f"{self.address} has no form {which or button!r}; it says: {self.text[:500]}")
        return max(forms, key=lambda form: len(form.names))

    def __repr__(self) -> str:
        return f"<{self.status} {self.address}: {self.text[:200]}>"


class Form:
    """A form with what is already in it; what a person types goes over it."""

    def __init__(self, page: Page, element: Any) -> None:
        self.page, self.element = page, element
        self.action = element.get("action") or urlsplit(page.response.request.url)._replace(fragment="").geturl()
        self.method = (element.get("method") or "get").upper()
        self.names = {control.get("name") for control in self._controls() if control.get("name")}

    def _controls(self) -> list[Any]:
        inside = select(self.element, "input, select, textarea, button")
        form_id = self.element.get("id")
        return inside + (select(self.page.tree, f"[form='{form_id}']") if form_id else [])

    def button(self, words: str) -> Any:
        """The button with these words, or None."""
        for control in self._controls():
            shown = _words(control) if control.tag == "button" else control.get("value", "")
            sends = control.tag in ("button", "input") and control.get("type", "submit") in ("submit", "image")
            if sends and words in shown:
                return control
        return None

    def filled(self, fields: Fields, button: str = "") -> Fields:
        """What a browser sends when these fields are filled in and this button is pressed."""
        unknown = set(fields) - self.names
        assert not unknown, f"{self.page.address} has no fields {sorted(unknown)}, only {sorted(self.names)}"
        sent: dict[str, list[Any]] = {}
        for control in self._controls():
            name, value = control.get("name"), _value(control)
            if name and name not in fields and value is not None and control.get("disabled") is None:
                sent.setdefault(name, []).extend(value if isinstance(value, list) else [value])
        for name, value in fields.items():
            sent[name] = [_upload(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
        pressed = self.button(button)
        if pressed is not None and pressed.get("name"):
            sent[pressed.get("name")] = [pressed.get("value", "")]
        return {name: values for name, values in sent.items() if values}


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _value(control: Any) -> Any:
    kind = control.get("type", "text")
    if control.tag == "button" or (control.tag == "input" and kind in _NOT_SENT):
        return None
    if control.tag == "textarea":
        return control.text or ""
    if control.tag == "select":
        options = select(control, "option")
        chosen = [o for o in options if o.get("selected") is not None] or (
            [] if control.get("multiple") is not None else options[:1]
        )
        return [o.get("value", _words(o)) for o in chosen]
    if kind in ("checkbox", "radio"):
        return control.get("value", "on") if control.get("checked") is not None else None
    return control.get("value", "")


def _upload(value: Any) -> Any:
    """A file is given as ``("name.pdf", b"...")``."""
    return (io.BytesIO(value[1]), value[0]) if isinstance(value, tuple) and isinstance(value[1], bytes) else value
