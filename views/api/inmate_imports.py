"""Deliveries of inmates by other systems: hand in, ask how far, confirm, give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for

from app.errors import RuleError
from app.i18n import _l
from app.rules import inmate_columns
from app.rules.inmate_deliveries import Fault
from app.rules.office_vocabulary import ApiScope, ImportSource, ImportState
from app.services import access_keys, import_reports, inmate_applying, inmate_imports, throttle
from app.services.inmate_imports import HeadingWrong
from models import ImportFault, InmateImport
from views.api.bodies import json_object
from views.api.door import caller, door, keyed
from views.api.problems import problem

_CSV = ("text/csv", "application/csv", "application/vnd.ms-excel")
_JSON = "application/json"


class BodyWrong(RuleError):
    """The body is not the JSON that the description asks for."""

    sentence = _l("JSON內容不符規格：須為物件，inmates為物件之清單，各欄為文字。")
    status = 400


class KindWrong(RuleError):
    """The body is neither CSV nor JSON."""

    sentence = _l("Content-Type須為text/csv或application/json。")
    status = 415


class AgencyNotYours(RuleError):
    """The key speaks for another agency."""

    sentence = _l("這把介接金鑰不得傳送該機關之資料。")
    status = 403


@door.post("/inmates/imports")
@keyed(ApiScope.INMATES)
def receive_inmates() -> Any:
    """Hand a delivery in; the worker checks it."""
    key = caller()
    throttle.claim(access_keys.DELIVERIES, key.key_id)
    content, code = _body()
    agency_id = _agency(code)
    try:
        import_id = inmate_imports.receive(
            agency_id, content, "", ImportSource.API, key.actor, access_key_id=key.key_id
        )
    except HeadingWrong as error:
        return problem(error, faults=[_fault(one) for one in error.delivery.faults])
    answer = jsonify(_told(inmate_imports.get(import_id, key.agency_ids)))
    answer.status_code = 202
    answer.headers["Location"] = url_for(".show_inmates", import_id=import_id)
    return answer


@door.get("/inmates/imports/<uuid:import_id>")
@keyed(ApiScope.INMATES)
def show_inmates(import_id: UUID) -> Response:
    """How far a delivery is, with a page of its report."""
    row = inmate_imports.get(str(import_id), caller().agency_ids)
    told = _told(row)
    if row.state is ImportState.FAULTY:
        after = request.args.get("after", "0")
        start = int(after) if after.isascii() and after.isdecimal() and len(after) < 7 else 0
        faults, following = import_reports.page(row.id, start)
        told |= {"fault_list": [_fault(one) for one in faults], "next_after": following}
    return jsonify(told)


@door.post("/inmates/imports/<uuid:import_id>/apply")
@keyed(ApiScope.INMATES)
def apply_inmates(import_id: UUID) -> Any:
    """Take a delivery in that is ready."""
    key = caller()
    inmate_applying.apply(str(import_id), None, key.agency_ids, None, key.actor)
    return jsonify(_told(inmate_imports.get(str(import_id), key.agency_ids)))


@door.delete("/inmates/imports/<uuid:import_id>")
@keyed(ApiScope.INMATES)
def abandon_inmates(import_id: UUID) -> Any:
    """Give a delivery up."""
    key = caller()
    inmate_imports.abandon(str(import_id), key.agency_ids, key.actor)
    return jsonify(_told(inmate_imports.get(str(import_id), key.agency_ids)))


def _body() -> tuple[bytes, str]:
    """The delivery as CSV, and the agency's code; raises :class:`KindWrong`, :class:`BodyWrong`."""
    code = request.args.get("agency", "")
    if request.mimetype in _CSV:
        return request.get_data(), code
    if request.mimetype != _JSON:
        raise KindWrong()
    told = json_object()
    if told is None:
        raise BodyWrong()
    rows = told.get("inmates")
    if not isinstance(rows, list) or not rows or not all(_is_flat(row) for row in rows):
        raise BodyWrong()
    return inmate_columns.from_rows(rows), str(told.get("agency") or code)


def _is_flat(row: Any) -> bool:
    return isinstance(row, dict) and all(value is None or isinstance(value, str | int | bool) for value in row.values())


def _agency(code: str) -> str:
    """The agency that the delivery is of: named by its code, or the only one that the key may speak for."""
    mine, named = caller().agency_id, inmate_imports.agency_of_code(code)
    if (code and named is None) or (not code and mine is None):
        raise inmate_imports.AgencyUnknown("agency")
    if mine is not None and named not in (None, mine):
        raise AgencyNotYours("agency")
    return str(named or mine)


def _told(row: InmateImport) -> dict[str, Any]:
    counts = ("lines", "checked", "faults", "added", "changed", "left", "unchanged", "restrictions", "touched")
    return {
        "id": row.id,
        "agency": row.agency.code,
        "state": row.state.value,
        "percent": inmate_imports.percent(row),
        **{name: getattr(row, name) for name in counts},
        "received_at": row.created_at.isoformat(),
        "applied_at": row.applied_at.isoformat() if row.applied_at else None,
    }


def _fault(one: ImportFault | Fault) -> dict[str, Any]:
    found = one.found if isinstance(one, Fault) else one.what
    return {"line": one.line, "column": one.column or None, "found": str(found), "expected": str(one.expected)}
