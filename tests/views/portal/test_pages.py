"""Pages that only tell, the frame around all of them, and what travels at a first visit."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import assets
from tests import factories
from tests.views.portal.conftest import Visitor
from views.portal import outbox

PUBLIC = [
    "/portal/",
    "/portal/account",
    "/portal/visits",
    "/portal/procedures",
    "/portal/hours",
    "/portal/sitemap",
    "/portal/privacy-notice",
    "/portal/register/notice",
    "/portal/login",
    "/portal/outbox",
]
FIRST_VISIT_BYTES = 150_000
#: A second that no file of ours was written in yet.
LATER = 4_000_000_000


@pytest.mark.parametrize("path", PUBLIC)
def test_the_frame(visitor: Visitor, path: str) -> None:
    page = visitor.opens(path)
    assert page.status == 200
    assert 'lang="zh-Hant-TW"' in page.source
    assert page.links("按Enter到主內容區") == ["#main-content"]
    assert [a.get("accesskey") for a in page.tree.find_class("portal-anchor")] == ["U", "C", "Z"]
    assert page.links("網站導覽") and "最後更新日期：" in page.source
    assert len(page.tree.xpath("//h1")) == 1
    assert not re.search(r'\son\w+="|\sstyle="|https?://(?!127|localhost|www\.w3)', page.source)


@pytest.mark.parametrize("path", PUBLIC)
def test_every_entry_leads_somewhere(visitor: Visitor, path: str) -> None:
    page = visitor.opens(path)
    for address in {a.get("href") for a in page.tree.iter("a") if a.get("href", "").startswith("/portal")}:
        assert visitor.client.get(address).status_code in (200, 302), address


def test_hours_of_an_agency(visitor: Visitor) -> None:
    agency = factories.agency({"RAS": "09:30"}, name="測試看守所")
    page = visitor.opens(f"/portal/hours?agency_id={agency.id}")
    assert "09:30~11:00" in page.main and "接見日之前一工作日16:00" in page.main
    assert "2026-03-04(星期三)" in page.main and "03-319-1119" in page.main
    assert visitor.opens("/portal/hours?agency_id=nonsense").status == 200


def test_the_message_log_masks_the_address(visitor: Visitor) -> None:
    applicant = factories.applicant(mail="tyler@example.com")
    factories.notification(applicant)
    factories.notification(subject="not for this reader")
    visitor.signs_in(applicant)
    page = visitor.opens("/portal/messages")
    assert "ty*****" in page.main and "tyler" not in page.main
    assert "2026/3/3 上午 09:00:00" in page.main and "not for this reader" not in page.main


def test_a_mail_cannot_bring_in_markup_or_foreign_links(app: Flask) -> None:
    text = "<script>x</script> http://127.0.0.1:8000/portal/verify/abc https://elsewhere.example/ 完"
    shown = str(outbox.linked(text))
    assert "<script>" not in shown and shown.count("<a ") == 1
    assert 'href="/portal/verify/abc"' in shown and shown.endswith("完")


def test_names_are_shown_as_text(visitor: Visitor) -> None:
    applicant = factories.applicant(name="<b>王</b>")
    visitor.signs_in(applicant)
    assert "<b>王" not in visitor.opens("/portal/").source


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's own static files, in a folder of this test: other workers read the real ones meanwhile."""
    built = shutil.ignore_patterns("vendor", "*.gz", "*.part")
    copy = shutil.copytree(assets.STATIC, tmp_path / "static", ignore=built)
    monkeypatch.setattr(assets, "STATIC", copy)
    return copy


@pytest.fixture
def files(static: Path) -> FlaskClient:
    """A browser that asks for the program's static files, as set-up builds them."""
    assets.build(static / "vendor")
    server = Flask(__name__, static_folder=static)
    assets.serve_compressed(server)
    return server.test_client()


def test_a_first_visit_is_light(visitor: Visitor, files: FlaskClient) -> None:
    home = visitor.client.get("/portal/")
    total = len(home.data)
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', home.get_data(as_text=True))
    assert len(addresses) == 4
    for address in [*addresses, "/static/vendor/govuk-frontend.min.js"]:
        response = files.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        total += len(response.data)
    assert total < FIRST_VISIT_BYTES


def test_their_typeface_does_not_travel(files: FlaskClient) -> None:
    css = files.get("/static/vendor/govuk-frontend.min.css").get_data(as_text=True)
    assert "GDS Transport" not in css and "@font-face" not in css and "Noto Sans TC" in css


def test_files_are_sent_compressed_to_whoever_takes_it(files: FlaskClient) -> None:
    address = "/static/portal/portal.css"
    plain = files.get(address)
    packed = files.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) and packed.mimetype == "text/css"
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in packed.headers["Vary"]
    for missing in ("/static/../config.py", "/static/portal/none.css"):
        assert files.get(missing).status_code == 404


def test_an_edited_file_does_not_hide_behind_its_old_twin(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("new")
    (tmp_path / "a.css.gz").write_bytes(gzip.compress(b"old"))
    os.utime(tmp_path / "a.css.gz", (1, 1))
    server = Flask(__name__, static_folder=tmp_path, static_url_path="/static")
    assets.serve_compressed(server)
    assert server.test_client().get("/static/a.css", headers={"Accept-Encoding": "gzip"}).data == b"new"


def test_a_second_build_does_not_touch_what_is_already_there(files: FlaskClient, static: Path) -> None:
    vendor = static / "vendor"
    paths = [
        vendor / "govuk-frontend.min.css",
        vendor / "govuk-frontend.min.css.gz",
        *static.glob("portal/*.gz"),
    ]
    for path in paths:
        os.utime(path, (LATER, LATER))
    assets.build(vendor)
    assert {path.stat().st_mtime for path in paths} == {LATER} and len(paths) > 4


def test_a_build_renews_a_twin_older_than_its_file(static: Path) -> None:
    css, *_ = assets.build(static / "vendor")
    twin = css.with_name(css.name + ".gz")
    os.utime(twin, (1, 1))
    assets.build(static / "vendor")
    assert twin.stat().st_mtime_ns >= css.stat().st_mtime_ns


@pytest.mark.parametrize("path", ["/portal/login", "/portal/applications/new", "/portal/bookings/new"])
def test_a_form_sent_without_any_field(visitor: Visitor, path: str) -> None:
    applicant = factories.applicant()
    factories.granted(applicant)
    if path != "/portal/login":
        visitor.signs_in(applicant)
    token = visitor.opens(path).value("csrf_token")
    response = visitor.client.post(path, data={"csrf_token": token})
    assert response.status_code == 422
