"""Forms for rows, made from the columns that a view names; each mistake has a sentence that says what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import Boolean, Date, Integer, String, Text
from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from app.errors import RuleError
from app.i18n import _, _l
from app.rules import characters
from app.rules.vocabulary import Word
from views.backoffice.filters import parse_day

#: Where the options of a drop-down come from: a function of the row that is edited (None when adding).
Options = Callable[[Any], Sequence[tuple[str, Any]]]


class RecordForm(FlaskForm):
    """A form for one row; ``version`` is the one that the reader has opened, ``back`` the list's address."""

    version = HiddenField()
    back = HiddenField()

    @property
    def shown(self) -> list[Field]:
        """The fields that a reader sees."""
        return [field for field in self if field.type not in ("HiddenField", "CSRFTokenField")]


class DayField(DateField):
    """A day, as browsers send it or as officers type it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = parse_day(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(_("「%(label)s」須為存在的日期，例如2026/03/03。請重新輸入。", label=self.label.text))


class NumberField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        plain = typed.removeprefix("-")
        if typed and not (plain.isascii() and plain.isdecimal() and len(plain) <= 9):
            raise ValueError(_("「%(label)s」須為整數。請重新輸入。", label=self.label.text))
        self.data = int(typed) if typed else None


class ChoiceField(SelectField):
    """One of the options on offer; anything else that is posted is refused."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0]

    def pre_validate(self, form: Any) -> None:
        if str(self.data or "") not in {str(value) for value, _label in self.choices}:
            raise ValidationError(_("「%(label)s」沒有這個選項，請由清單重新選擇。", label=self.label.text))


class Needed:
    """Something has to be typed or chosen; blanks are nothing, a zero is something."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None or not str(field.data).strip():
            if not field.errors:
                raise StopValidation(_("請填寫「%(label)s」。", label=field.label.text))
            raise StopValidation()


class CleanText:
    """Refuse what no database keeps: control characters (a line break is one, outside a text area)."""

    def __call__(self, form: Any, field: Field) -> None:
        allowed = "\r\n" if isinstance(field, TextAreaField) else ""
        if not characters.are_typed(field.data or "", allowed):
            raise ValidationError(_("「%(label)s」含有無法辨識的字元，請重新輸入。", label=field.label.text))


def form_class(
    model: Any,
    names: Sequence[str],
    labels: Mapping[str, Any],
    hints: Mapping[str, Any],
    options: Mapping[str, Options],
) -> type[RecordForm]:
    """A form with one field per column.

    Raises ``TypeError`` on a drop-down that does not say where its rows come from.
    """
    fields = {name: _field(model, name, labels.get(name, name), hints.get(name, ""), options) for name in names}
    return type(f"{model.__name__}Form", (RecordForm,), fields)


def _field(model: Any, name: str, label: Any, hint: Any, options: Mapping[str, Options]) -> Any:
    column = model.__mapper__.columns[name]
    kind, needed = column.type, not column.nullable and not isinstance(column.type, Boolean)
    rules: list[Any] = [Needed() if needed else Optional()]
    if name in options or column.foreign_keys:
        if name not in options:
            raise TypeError(f"{model.__name__}.{name}: a drop-down says where its options come from")
        return ChoiceField(label, rules[:needed], description=hint, choices=[], validate_choice=False)
    words = getattr(kind, "enum_class", None)
    if words and issubclass(words, Word):
        choices = words.choices() if needed else [("", _l("無")), *words.choices()]
        return ChoiceField(label, rules[:needed], description=hint, choices=choices, validate_choice=False)
    if isinstance(kind, Boolean):
        return BooleanField(label, description=hint)
    if isinstance(kind, Date):
        return DayField(label, rules, description=hint)
    if isinstance(kind, Integer):
        return NumberField(label, rules, description=hint)
    if not isinstance(kind, String):
        raise TypeError(f"{model.__name__}.{name}: no form field for {kind!r}")
    if kind.length:
        sentence = _l("「%(label)s」至多%(longest)s個字，請縮短。", label=label, longest=kind.length)
        rules.append(Length(max=kind.length, message=sentence))
    field = TextAreaField if isinstance(kind, Text) else StringField
    return field(label, [*rules, CleanText()], description=hint, filters=[_stripped])


def _stripped(value: str | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else value


def values_of(form: RecordForm, names: Sequence[str]) -> dict[str, Any]:
    """What was typed, by column; an empty choice or text is no value."""
    return {name: form[name].data if form[name].data != "" else None for name in names}


def refuse(form: RecordForm, error: RuleError) -> None:
    """Put a rule's sentence beside the field that it names, or on top of the form."""
    for one in getattr(error, "errors", [error]):
        if one.field and one.field in form:
            form[one.field].errors = [*form[one.field].errors, str(one)]
        else:
            form.form_errors = [*form.form_errors, str(one)]
