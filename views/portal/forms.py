"""What every form of the portal shares: its own words, and one way in which refusals get onto the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.i18n import DummyTranslations

from app.errors import RuleError, RuleErrors
from app.i18n import _, _l

#: The first entry of a drop-down.
PLEASE_SELECT = ("", _l("--請選擇--"))
#: The status of a page that shows a form again, with what has to be mended.
UNPROCESSABLE = 422


class PortalForm(FlaskForm):
    """A form of the portal.

    Rules are the services' business; a form only reads what was typed and shows what was refused. The CSRF token is
    checked for the whole program before any view.
    """

    class Meta(FlaskForm.Meta):
        csrf = False

        def get_translations(self, form: Any) -> DummyTranslations:
            # WTForms' own catalogue for Chinese is the Simplified one; none of its sentences is ever shown.
            return DummyTranslations()

    def refuse(self, error: RuleError, fields: Mapping[str, str] | None = None) -> None:
        """Put the sentences of a refusal beside their fields, those without a field on top.

        ``fields`` maps the names that a service uses to this form's, where they differ.
        """
        for one in error.errors if isinstance(error, RuleErrors) else [error]:
            name = (fields or {}).get(one.field or "", one.field)
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, str(one)]
            else:
                self.form_errors.append(str(one))

    def listed_errors(self) -> list[tuple[str | None, str]]:
        """Field id and sentence of everything refused, in the order of the form, for the summary on top."""
        listed: list[tuple[str | None, str]] = [(None, str(sentence)) for sentence in self.form_errors]
        return listed + [(field.id, _named(field, str(error))) for field in self for error in field.errors]


def _named(field: Field, sentence: str) -> str:
    """The sentence, with the field's name before it where it would not be known which one is meant."""
    label = str(field.label.text)
    if label in sentence or isinstance(field, BooleanField):
        return sentence
    return _("%(label)s：%(sentence)s", label=label, sentence=sentence)


class Text(StringField):
    """One line of text, never None."""

    data: str

    def process_data(self, value: Any) -> None:
        self.data = value or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else ""


def choice(label: Any, choices: list[tuple[Any, Any]], radio: bool = False, **options: Any) -> Field:
    """A choice by radio buttons or drop-down; whether it was made is for the service to say."""
    kind = RadioField if radio else SelectField
    return kind(label, choices=choices, validate_choice=False, default="", **options)
