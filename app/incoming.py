"""What comes in with an address or a form, brought within what both databases can keep."""

from __future__ import annotations

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A number in an address: at most nine digits, so that every column can be compared with it."""

    regex = "[0-9]{1,9}"


class Posted(Request):
    """A request whose posted texts hold no NUL: nobody types one, PostgreSQL keeps none, and the rest is not lost."""

    def _load_form_data(self) -> None:
        is_new = "form" not in self.__dict__
        super()._load_form_data()
        pairs = list(self.form.items(multi=True)) if is_new else []
        if any("\0" in text for _name, text in pairs):
            self.__dict__["form"] = ImmutableMultiDict([(name, text.replace("\0", "")) for name, text in pairs])


def install(app: Flask) -> None:
    """Before any address is made."""
    app.request_class = Posted
    app.url_map.converters["int"] = Number
