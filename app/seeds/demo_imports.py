"""The demonstration's deliveries of inmates: one taken in that left work to do, one to confirm, one with faults."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules import inmate_columns as columns
from app.rules.office_vocabulary import ApiScope, ImportSource, ImportState
from app.security import Actor
from app.seeds import demo_people as people
from app.seeds import demo_residents
from app.services import access_keys, inmate_applying, inmate_checking, inmate_imports
from models import AccessKey, Inmate, InmateImport

_SYSTEM = "獄政系統（示範）"


def fill(agency_id: str) -> None:
    """Hand the deliveries in, once."""
    if db.session.scalar(select(InmateImport.id).where(InmateImport.agency_id == agency_id).limit(1)):
        return
    officer = demo_residents.officer()
    officer_id, by = officer.id, Actor("staff", str(officer.id), officer.full_name)
    taken = _delivered(agency_id, _first(agency_id), by, officer_id=officer_id)
    if db.session.get_one(InmateImport, taken).state is ImportState.READY:
        inmate_applying.apply(taken, None, None, officer_id, by)
    key = connected(_SYSTEM, ApiScope.INMATES, agency_id)
    _delivered(agency_id, _second(agency_id), Actor("api", key, _SYSTEM), access_key_id=key)
    _delivered(agency_id, _faulty(agency_id), by, officer_id=officer_id)


def connected(name: str, scope: ApiScope, agency_id: str) -> str:
    """A connected system's key, which nobody has been told; its id."""
    chief = demo_residents.headquarters()
    ends_on = clock.today() + timedelta(days=300)
    access_keys.make(name, scope, agency_id, ends_on, chief.id, Actor("staff", str(chief.id), chief.full_name))
    return str(db.session.scalars(select(AccessKey.id).where(AccessKey.name == name)).one())


def _delivered(agency_id: str, lines: list[dict[str, Any]], by: Actor, **who: Any) -> str:
    source = ImportSource.API if "access_key_id" in who else ImportSource.FILE
    name = "" if source is ImportSource.API else "收容人資料.csv"
    import_id = inmate_imports.receive(agency_id, columns.from_rows(lines), name, source, by, **who)
    inmate_checking.check(import_id)
    return import_id


def _first(agency_id: str) -> list[dict[str, Any]]:
    """A restriction falls on a booked visit, somebody leaves whose case waits, somebody moves house, somebody comes."""
    since = clock.today() + timedelta(days=1)
    restricted = {columns.restriction_column(1, columns.KIND): "禁止接見通信"}
    restricted |= {columns.restriction_column(1, columns.FROM): since.isoformat()}
    restricted |= {columns.restriction_column(1, columns.DETAILS): "示範資料：法院裁定禁止接見通信"}
    return [
        _line(agency_id, "0071", **restricted),
        _line(agency_id, "0007", **{columns.STATUS: "出監", columns.RELEASED: clock.today().isoformat()}),
        _line(agency_id, "0123", **{columns.UNIT: "孝二舍", columns.GRADE: "1"}),
        _new("0452", "許靜宜", "信一舍"),
    ]


def _second(agency_id: str) -> list[dict[str, Any]]:
    return [
        _line(agency_id, "1024", **{columns.STATUS: "移監"}),
        _line(agency_id, "0350", **{columns.UNIT: "忠一舍", columns.GRADE: "3"}),
        _line(agency_id, "0609"),
        _new("0455", "羅淑芬", "信二舍"),
        _new("0456", "Tran Thi Lan", "信二舍"),
    ]


def _faulty(agency_id: str) -> list[dict[str, Any]]:
    return [
        _line(agency_id, "0609"),
        _line(agency_id, "0350", **{columns.NUMBER: "0609"}),
        _new("0461", "江美惠", "=HYPERLINK(A1)"),
        _new("0462", "范文心", "信一舍", **{columns.ADMITTED: "115/13/01"}),
        _new("0463", "邱麗華", "信一舍", **{columns.STATUS: "出監", columns.RELEASED: "113/01/05"}),
        _new("0464", "蕭佩君", "信一舍", **{columns.STATUS: ""}),
    ]


def _line(agency_id: str, number: str, **cells: str) -> dict[str, Any]:
    """What is known of an inmate, as the prison system would deliver it."""
    row = db.session.scalars(select(Inmate).where(Inmate.agency_id == agency_id, Inmate.number == number)).one()
    known = {
        columns.NUMBER: number,
        columns.NAME: row.name,
        columns.SEX: {"M": "男", "F": "女"}.get(row.sex or "", ""),
        columns.BORN: _day(row.birth_date),
        columns.IDENTITY: row.id_number or "",
        columns.CUSTODY: row.custody_type,
        columns.GRADE: row.treatment_grade or "",
        columns.UNIT: row.unit or "",
        columns.ADMITTED: _day(row.admitted_on),
        columns.TRANSFERRED: _day(row.transferred_in_on),
        columns.STATUS: "在監",
    }
    return known | cells


def _new(number: str, name: str, unit: str, **cells: str) -> dict[str, Any]:
    came = (clock.today() - timedelta(days=10)).isoformat()
    told = {
        columns.NUMBER: number,
        columns.NAME: name,
        columns.SEX: "女",
        columns.BORN: "79/05/20",
        columns.IDENTITY: people.identity_number(f"2{number:0>7}"),
        columns.CUSTODY: "受刑人",
        columns.GRADE: "4",
        columns.UNIT: unit,
        columns.ADMITTED: came,
        columns.TRANSFERRED: came,
        columns.STATUS: "在監",
    }
    return told | cells


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
