"""What is sensitive can be read nowhere but through the program (SPEC §11): planted, used, and looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.services import accounts, attachments, delivery
from app.transaction import transaction
from models import Agency, Applicant
from tests import factories
from tests.adapters.pictures import hostile_pdf, photo_with_exif
from tests.canaries.conftest import Log, database_bytes, folder_bytes, found
from tests.canaries.plants import Plants
from tests.doors import Office, Portal
from tests.guards.test_data_classes import sealed_attributes

pytestmark = pytest.mark.usefixtures("reference_data")

PASSWORD = "cnry-password-of-somebody"
#: What the photograph and the document of tests.adapters.pictures carry.
IN_FILES = ("canary-camera", "canary-comment", "canary-evil", "canary-private", "canary-author", "canary-metadata")


def everything(app: Flask, temporary: Path, log: Log) -> dict[str, bytes]:
    """Every place where something could lie about."""
    places = {**database_bytes(app), **folder_bytes(Path(app.config["DATA_DIR"])), **folder_bytes(temporary)}
    return {**places, "log": "\n".join(log.lines).encode()}


def test_every_sealed_attribute_is_planted(app: Flask) -> None:
    missing = set(sealed_attributes()) - set(Plants().places())
    assert not missing, f"Make a row of these with planted() in tests/canaries/plants.py: {sorted(missing)}"


def use_the_program(app: Flask, plants: Plants) -> list[str]:
    """A day at the agency; returns the secrets that came up on the way."""
    address = f"/portal/applications/draft/{plants.draft.id}/papers"
    review = f"/backoffice/applications/review/{plants.waiting.id}"
    day, agency_id = plants.visit_on.isoformat(), plants.agency.id
    lawyer = Portal(app.test_client())
    lawyer.signs_in(plants.lawyer, "cnry-wrong-password", expect=422)
    lawyer.signs_in(plants.lawyer, PASSWORD)
    lawyer.opens(address)
    lawyer.uploads("identity", ("cnry-name-of-photo.jpg", photo_with_exif()))
    lawyer.uploads("mandate", ("cnry-name-of-mandate.pdf", hostile_pdf()))
    lawyer.uploads("other", ("cnry-name-refused.pdf", b"%PDF-1.4 cnry-content-refused" * 60_000), expect=422)
    for page in ("applications", "bookings", "messages", "outbox"):
        lawyer.opens(f"/portal/{page}")
    office = Office(app.test_client()).is_signed_in_as(plants.officer)
    office.opens("/backoffice/applications/list/")
    office.opens(review)
    office.opens("/backoffice/parameters/list/")
    desk = Office(app.test_client()).is_signed_in_as(factories.desk(plants.agency))
    desk.opens(f"/backoffice/desk/bookings/?agency={agency_id}&day={day}", expect=None)
    desk.opens("/backoffice/desk/rosters/")
    for row in plants.rows:
        if row.__tablename__ == "roster_edition":
            desk.opens(f"/backoffice/desk/rosters/{row.id}")
            assert desk.client.get(f"/backoffice/desk/rosters/{row.id}.pdf").data.startswith(b"%PDF")
    auditor = Office(app.test_client()).is_signed_in_as(factories.auditor())
    for page in ("applications", "bookings", "messages", "trail"):
        auditor.opens(f"/auditor/{page}/")
    cookies = [visitor.client.get_cookie(visitor.cookie) for visitor in (lawyer, office, desk, auditor)]
    return [cookie.value for cookie in cookies if cookie is not None]


@pytest.mark.slow  # it reads every page, log and file
def test_nothing_sensitive_can_be_read_on_the_disk(
    app: Flask, each_database: str, temporary: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    plants = Plants()
    canaries = list(plants.places().values())
    canaries += [
        PASSWORD,
        "cnry-wrong-password",
        "cnry-name-of",
        "cnry-content-refused",
        "cnry-name-refused",
        *IN_FILES,
    ]
    with transaction() as session:
        session.get_one(Applicant, plants.lawyer.id).password_hash = accounts.hash_password(PASSWORD)
    canaries += use_the_program(app, plants)
    assert delivery.deliver_due() >= 1
    registering = Portal(app.test_client())
    registering.registers("cnry-new@example.com", address="cnry-address-typed", occupation="cnry-work-typed")
    canaries += ["cnry-new@example", "cnry-address-typed", "cnry-work-typed"]
    link = registering.link_in_mail("cnry-new@example.com")
    canaries.append(link.rsplit("/", 1)[1])
    delivery.deliver_due()
    registering.opens(link)
    registering.submits()
    monkeypatch.setitem(app.view_functions, "portal.applications", _break)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    lawyer = Portal(app.test_client()).is_signed_in_as(plants.lawyer)
    assert "請告知代碼" in lawyer.opens("/portal/applications", expect=500).text
    assert any("Traceback" in line for line in log.lines), "the error page was not logged"
    lies = found(canaries, everything(app, temporary, log))
    assert not lies, "Seal these, or keep them out of what is written:\n" + "\n".join(lies)
    assert attachments.store().root.is_dir()  # type: ignore[attr-defined]


def _break() -> None:
    someone = db.session.query(Applicant).first()
    assert someone is not None and someone.mail and someone.id_number
    raise RuntimeError("broken on purpose")


def test_the_search_finds_what_is_not_sealed(app: Flask, each_database: str, temporary: Path, log: Log) -> None:
    """The control: an address in a plain column, a file and a log line are found."""
    factories.agency(address="CNRY-plain-column")
    (temporary / "left").write_bytes("CNRY-file".encode("utf-16-le"))
    folder = Path(app.config["DATA_DIR"])
    (folder / "export").write_text("x636e72792d6865780a")  # "cnry-hex" in hexadecimal
    (folder / "outbox").mkdir()
    (folder / "outbox" / "a.eml").write_text("cnry-mail")
    import base64
    import logging

    logging.getLogger("anything").debug("%s", base64.b64encode(b"one cnry-in-base64-text more").decode())
    words = ["cnry-plain-column", "cnry-file", "cnry-hex", "cnry-in-base64-text", "cnry-mail", "cnry-nowhere"]
    seen = {line.split(" in ")[0] for line in found(words, everything(app, temporary, log))}
    assert seen == {"cnry-plain-column", "cnry-file", "cnry-hex", "cnry-in-base64-text"}


def test_a_refused_row_is_logged_without_its_values(app: Flask, client: FlaskClient, log: Log) -> None:
    """An error of the database carries its statement; the values stay out of it."""
    with pytest.raises(IntegrityError) as refused:
        factories.agency(name=factories.agency(name="cnry-name").name)
    assert "cnry-name" not in str(refused.value) and db.session.query(Agency).count() >= 1
