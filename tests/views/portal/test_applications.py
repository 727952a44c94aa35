"""律師接見服務項目申請: from agency and 呼號 to the sent application, and its state."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.rules import documents
from app.rules.vocabulary import ApplicationState, AttachmentKind, Relationship
from models import Applicant, ApplicationDraft, Inmate, ServiceApplication
from tests import factories
from tests.views.portal.conftest import Page, Visitor

Picture = Callable[..., tuple[BytesIO, str]]


@pytest.fixture
def inmate(visitor: Visitor) -> Inmate:
    return factories.inmate(factories.agency(name="測試看守所"), number="0609", name="黃小萍")


def starts(visitor: Visitor, inmate: Inmate) -> Page:
    agency_id, number = inmate.agency_id, inmate.number
    visitor.opens("/portal/applications/new")
    return visitor.sends(agency_id=agency_id, number=number)


def gets_to_the_papers(visitor: Visitor, inmate: Inmate) -> Page:
    starts(visitor, inmate)
    return visitor.sends(relation="lawyer", certificate_number="114臺檢證字第1號")


def uploads(visitor: Visitor, kind: str, file: tuple[BytesIO, str]) -> Page:
    number = ["identity", "mandate", "consent", "other"].index(kind)
    form = [f for f in visitor.page.tree.forms if (f.get("action") or "").split("#")[0].endswith("/papers")][number]
    data = {**dict(form.form_values()), kind: file}
    response = visitor.client.post(form.get("action"), data=data, follow_redirects=True)
    visitor.page = Page(response)
    return visitor.page


def test_from_the_number_to_the_sent_application(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture
) -> None:
    assert "不適用本項申請" in visitor.opens("/portal/applications/new").main
    page = starts(visitor, inmate)
    assert "申請對象：0609黃○○" in page.main and "黃小萍" not in page.source

    page = visitor.sends(relation="lawyer", certificate_number="114臺檢證字第1號")
    assert "檔案可上傳尺寸合計 30 MB" in page.main and "目前上傳 0 MB" in page.main
    assert "如該收容人受禁止接見通信處分" in page.main

    page = uploads(visitor, "identity", picture())
    assert "律師證.jpg" in page.main and "目前上傳 0.1 MB" in page.main
    uploads(visitor, "mandate", picture("委任狀.jpg"))
    page = visitor.sends("/submit")
    assert "服務項目申請已送出，審核結果將寄至您信箱。" in page.main

    page = visitor.opens("/portal/applications")
    for words in ("測試看守所", "0609 黃○○", "律師", "律師接見服務項目", "2026/03/03", "未審核"):
        assert words in page.main


@pytest.mark.parametrize(
    ("agency", "number", "beside", "sentence"),
    [
        ("", "0609", "agency_id", "請選擇矯正機關"),
        ("its own", "", "number", "請輸入呼號"),
        ("its own", "9999", "number", "查無符合之收容人資料"),
        ("not one", "0609", "agency_id", "請選擇矯正機關"),
    ],
)
def test_a_wrong_subject(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, agency: str, number: str, beside: str, sentence: str
) -> None:
    agency_id = inmate.agency_id if agency == "its own" else agency
    visitor.opens("/portal/applications/new")
    page = visitor.sends(agency_id=agency_id, number=number)
    assert page.status == 422
    assert sentence in page.told(beside)
    assert page.value("number") == number
    if agency == "its own":
        assert page.value("agency_id") == agency_id


def test_a_number_in_full_width_digits_is_found(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    agency_id = inmate.agency_id
    visitor.opens("/portal/applications/new")
    assert "申請對象：0609黃○○" in visitor.sends(agency_id=agency_id, number="　０６０９ ").main


def test_an_inmate_elsewhere_reads_like_none(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    elsewhere = factories.inmate(number="0777")
    number, agency_id = elsewhere.number, inmate.agency_id
    visitor.opens("/portal/applications/new")
    page = visitor.sends(agency_id=agency_id, number=number)
    assert "查無符合之收容人資料" in page.told("number") and "03-319-1119" in page.told("number")


@pytest.mark.parametrize(
    ("fields", "beside", "sentence"),
    [
        ({}, "relation", "請選擇與收容人關係"),
        ({"relation": "nonsense"}, "relation", "請選擇與收容人關係"),
        ({"relation": "lawyer", "certificate_number": " "}, "certificate_number", "請填寫律師證書字號"),
        ({"relation": "trainee_lawyer"}, "supervising_lawyer", "請填寫指導律師姓名"),
    ],
)
def test_a_wrong_capacity(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, fields: dict[str, str], beside: str, sentence: str
) -> None:
    starts(visitor, inmate)
    page = visitor.sends(**fields)
    assert page.status == 422 and sentence in page.told(beside)


def test_what_was_typed_is_there_on_the_next_day(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    gets_to_the_papers(visitor, inmate)
    page = starts(visitor, inmate)
    assert (page.value("relation"), page.value("certificate_number")) == ("lawyer", "114臺檢證字第1號")
    assert len(list(db.session.scalars(select(ApplicationDraft)))) == 1


def test_a_defender_without_certificate_brings_the_leave_of_the_judge(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate
) -> None:
    starts(visitor, inmate)
    page = visitor.sends(relation="defender")
    assert "審判長許可文件 （必填）" in page.main
    visitor.sends("/submit")
    assert "請上傳審判長許可文件，至少1份。" in visitor.page.told("court_leave")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"this is no picture", "card.jpg", "不是可接受的檔案"),
        (b"MZ\x90\x00", "virus.exe", "不是可接受的檔案"),
        (b"\xff\xd8\xff\xe0 cut off", "half.jpg", "無法開啟"),
        (b"", "empty.pdf", "空白檔案"),
    ],
)
def test_a_wrong_file_is_named_and_the_others_stay(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture, content: bytes, name: str, sentence: str
) -> None:
    gets_to_the_papers(visitor, inmate)
    uploads(visitor, "identity", picture())
    page = uploads(visitor, "mandate", (BytesIO(content), name))
    assert page.status == 422
    assert sentence in page.told("mandate") and name in page.told("mandate")
    assert page.summary[0][0] == "#mandate"
    assert "律師證.jpg" in page.main


def test_uploading_nothing(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    gets_to_the_papers(visitor, inmate)
    page = uploads(visitor, "identity", (BytesIO(b""), ""))
    assert page.told("identity") == "請先選擇檔案，再按「上傳檔案」。"


def test_more_than_the_budget(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "check_budget", lambda used, adding: _beyond(used + adding))
    gets_to_the_papers(visitor, inmate)
    page = uploads(visitor, "identity", picture())
    assert page.status == 422 and "超過上限30 MB" in page.told("identity")


def _beyond(used: int) -> None:
    raise documents.FilesTooBig("file", used=documents.megabytes(used), limit="30")


def test_a_request_beyond_the_limit_keeps_the_draft(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture
) -> None:
    gets_to_the_papers(visitor, inmate)
    page = uploads(visitor, "identity", (BytesIO(b"x" * (33 * 1024 * 1024)), "big.pdf"))
    assert page.status == 413 and "檔案合計以30 MB為限" in page.main and "其他檔案已保留" in page.main
    assert "李大同" in page.source, "the frame knows who has signed in"
    (back,) = page.tree.xpath("//main//a[text()='回原頁面']/@href")
    assert visitor.opens(back).path.endswith("/papers") and visitor.page.status == 200
    assert db.session.scalars(select(ApplicationDraft)).one()


def test_sending_without_papers_tells_which_are_missing(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    gets_to_the_papers(visitor, inmate)
    page = visitor.sends("/submit")
    assert page.status == 422
    assert [target for target, _line in page.summary] == ["#identity", "#mandate"]
    assert page.told("mandate") == "請上傳訴訟委任文件，至少1份。"


def test_a_file_can_be_taken_out(visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture) -> None:
    gets_to_the_papers(visitor, inmate)
    page = uploads(visitor, "identity", picture())
    page = visitor.sends("/remove")
    assert "律師證.jpg" not in page.main and "目前上傳 0 MB" in page.main


def test_sent_twice_it_is_one_application(
    visitor: Visitor, lawyer: Applicant, inmate: Inmate, picture: Picture
) -> None:
    gets_to_the_papers(visitor, inmate)
    uploads(visitor, "identity", picture())
    page = uploads(visitor, "mandate", picture())
    first = visitor.sends("/submit")
    visitor.page = page
    second = visitor.sends("/submit")
    assert first.path == second.path and second.status == 200
    assert len(list(db.session.scalars(select(ServiceApplication)))) == 1


def test_a_second_application_for_the_same_inmate(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    factories.application(lawyer, inmate)
    page = starts(visitor, inmate)
    assert page.status == 422 and "無須重複申請" in page.told("number")


def test_a_refusal_shows_its_reason_and_the_way_out(visitor: Visitor, lawyer: Applicant, inmate: Inmate) -> None:
    factories.application(lawyer, inmate, state=ApplicationState.REJECTED, rejection_reason="委任狀未簽名")
    page = visitor.opens("/portal/applications")
    assert "審核未通過" in page.main and "委任狀未簽名" in page.main
    assert "得於收到通知後向測試看守所說明或補正後重新申請，並得依相關法令提起救濟" in page.main


def test_a_strangers_draft_and_application_do_not_exist(
    stranger: Visitor, visitor: Visitor, lawyer: Applicant, inmate: Inmate
) -> None:
    draft = factories.draft(lawyer, inmate, fields={"relation": Relationship.LAWYER.value})
    paper = factories.attachment(draft, kind=AttachmentKind.IDENTITY)
    sent = factories.application(lawyer, inmate)
    own = f"/portal/applications/draft/{draft.id}"
    paths = [own, f"{own}/papers", f"/portal/applications/{sent.id}/sent"]
    acts = [own, f"{own}/papers", f"{own}/submit", f"{own}/papers/{paper.id}/remove"]
    for path in paths:
        assert visitor.opens(path).status == 200
        page = stranger.opens(path)
        assert page.status == 404 and "查無此資料，或您無權查看。" in page.main
    stranger.opens("/portal/applications/new")
    for path in acts:
        data = {"kind": "identity", "identity": (BytesIO(b"x"), "x.pdf"), "relation": "lawyer"}
        assert stranger.sends(to=path, **data).status == 404, path
        stranger.opens("/portal/applications/new")


def test_a_draft_of_nobody(visitor: Visitor, lawyer: Applicant) -> None:
    assert visitor.opens("/portal/applications/draft/00000000-0000-0000-0000-000000000000").status == 404
    assert visitor.client.get("/portal/applications/draft/1%20OR%201").status_code == 404
