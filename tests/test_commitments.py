"""Promises that replies make, and what is reported on them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import ActivityEntry
from plans.models import Task
from stakeholders import services as voices
from stakeholders.models import Commitment, CommitmentEvidence, CommitmentReport

from .conftest import answer, draft_of


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def later():
    return (timezone.localdate() + timedelta(days=90)).isoformat()


@pytest.fixture
def public(replied):
    """The promise after publication."""
    return Commitment.objects.select_related("question__deliberation__plan", "department").get()


def pdf(name="근거.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


def test_a_promise_is_made_with_the_reply_and_leads_to_a_task_or_indicator(as_user, owner, asked, later, indicator):
    page = asked.get_absolute_url() + "commitments/"
    typed = {"text": "참여자를 늘린다.", "due_on": later, "place": f"indicator:{indicator.pk}", "version": 1}
    as_user(owner).post(page, typed)
    promise = Commitment.objects.get()
    assert (promise.indicator, promise.task, promise.department) == (indicator, None, owner.department)
    assert promise.promised_in is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "무엇을 약속하는지 적어 주십시오."),
        ({"due_on": "2020-01-01"}, "오늘이나 그 뒤의 날짜를 입력해 주십시오."),
        ({"due_on": ""}, "필수 항목입니다."),
        ({"place": "task:0"}, "올바르게 선택해 주세요"),
    ],
)
def test_a_bad_promise_is_answered_at_the_field(as_user, owner, asked, later, fields, said):
    typed = {"text": "남는 약속", "due_on": later, "place": "", "version": 1} | fields
    response = as_user(owner).post(asked.get_absolute_url() + "commitments/", typed)
    assert response.status_code == 422
    assert said in response.text
    assert typed["text"].strip() in response.text
    assert not Commitment.objects.exists()


def test_a_promise_is_changed_and_taken_out_while_the_reply_is_in_work(as_user, owner, promise, later):
    officer, page = as_user(owner), promise.get_absolute_url()
    task = Task.objects.exclude(pk=promise.task_id).first()
    typed = {"text": "열 개를 늘린다.", "due_on": later, "place": f"task:{task.pk}", "version": promise.version}
    assert officer.post(page, typed).status_code == 302
    promise.refresh_from_db()
    assert (promise.text, promise.task) == ("열 개를 늘린다.", task)
    stale = officer.post(page, typed | {"text": "스무 개를 늘린다."})
    assert stale.status_code == 409
    assert "열 개를 늘린다." in stale.text
    assert "스무 개를 늘린다." in stale.text
    officer.post(page + "remove/")
    assert not Commitment.objects.exists()


def test_a_promise_of_a_reply_that_was_handed_in_is_closed(as_user, owner, promise, answered, later):
    typed = {"text": "더", "due_on": later, "place": "", "version": promise.version}
    for path in (promise.get_absolute_url(), answered.get_absolute_url() + "commitments/"):
        response = as_user(owner).post(path, typed)
        assert response.status_code == 409
        assert "제출되어 총괄 담당자의 검토를 기다리고 있습니다." in response.text


def test_a_public_promise_stays_as_it_was_promised(as_user, owner, public):
    response = as_user(owner).post(public.get_absolute_url() + "remove/")
    assert response.status_code == 409
    assert "이미 공개된 약속이라 고칠 수 없습니다." in response.text


def test_promises_of_a_question_that_is_not_published_stay_private(coordinator, promise, owner, client):
    assert promise.text not in client.get(promise.question.opinions.first().get_absolute_url()).text
    assert promise.promised_in is None


# --- reports


def test_my_work_shows_what_was_promised_until_a_report_waits(as_user, owner, public, url_of):
    officer = as_user(owner)
    assert officer.get(url_of("indicators:work")).context["promises"] == [public]
    voices.report_commitment(actor=owner, commitment=public, state="under_way", text="하고 있습니다.")
    assert officer.get(url_of("indicators:work")).context["promises"] == []


def test_a_report_reaches_the_public_only_through_the_coordinator(as_user, client, owner, coordinator, public, url_of):
    page, point = public.get_absolute_url(), public.question.opinions.first().get_absolute_url()
    typed = {"state": "kept", "text": "다섯 개를 늘렸습니다.", "files": [pdf()], "is_public": "on"}
    assert as_user(owner).post(page, typed).status_code == 302
    assert "다섯 개를 늘렸습니다." not in client.get(point).text
    public.refresh_from_db()
    assert public.state == "under_way"
    keeper = as_user(coordinator)
    assert "다섯 개를 늘렸습니다." in keeper.get(page).text
    assert public.text in keeper.get(url_of("stakeholders:deliberations")).text
    report = CommitmentReport.objects.get()
    keeper.post(f"{page}reports/{report.pk}/", {"decision": "publish"})
    public.refresh_from_db()
    assert public.state == "kept"
    assert ["이행 상태", "추진중", "이행완료"] in ActivityEntry.objects.about(public).first().changes


def test_a_report_that_says_too_little_comes_back(as_user, owner, coordinator, public):
    page = public.get_absolute_url()
    voices.report_commitment(actor=owner, commitment=public, state="delayed", text="늦습니다.")
    report, keeper = CommitmentReport.objects.get(), as_user(coordinator)
    response = keeper.post(f"{page}reports/{report.pk}/", {"decision": "return", "version": 0, "comment": ""})
    assert response.status_code == 422
    assert "무엇을 보완해야 하는지 적어 주십시오." in response.text
    keeper.post(f"{page}reports/{report.pk}/", {"decision": "return", "version": 0, "comment": "언제까지인지"})
    public.refresh_from_db()
    assert public.state == "under_way"
    assert "언제까지인지" in as_user(owner).get(page).text
    assert "언제까지인지" not in as_user(owner).get(public.question.opinions.first().get_absolute_url()).text
    again = keeper.post(f"{page}reports/{report.pk}/", {"decision": "publish"})
    assert again.status_code == 409
    assert as_user(owner).post(page, {"state": "kept", "text": "마쳤습니다."}).status_code == 302


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": ""}, "필수 항목입니다."),
        ({"state": "soon"}, "올바르게 선택해 주세요"),
        ({"text": " "}, "무엇을 했는지, 왜 늦거나 그만두는지 적어 주십시오."),
        ({"files": [SimpleUploadedFile("사진.png", b"\x00\x01\x02\x03")]}, "사진.png"),
    ],
)
def test_a_bad_report_is_answered_at_the_field(as_user, owner, public, fields, said):
    response = as_user(owner).post(public.get_absolute_url(), {"state": "kept", "text": "남는 글"} | fields)
    assert response.status_code == 422
    assert said in response.text
    assert not CommitmentReport.objects.exists()
    assert not CommitmentEvidence.objects.exists()


@pytest.mark.parametrize(("state", "closed"), [("kept", True), ("dropped", True), ("delayed", False)])
def test_only_what_is_going_on_is_reported_on(as_user, owner, coordinator, public, state, closed):
    report = voices.report_commitment(actor=owner, commitment=public, state=state, text="보고합니다.")
    second = as_user(owner).post(public.get_absolute_url(), {"state": "kept", "text": "또"})
    assert second.status_code == 409
    assert "검토를 기다리고 있습니다." in second.text
    voices.decide_report(actor=coordinator, report=report, publish=True)
    third = as_user(owner).post(public.get_absolute_url(), {"state": "kept", "text": "또"})
    assert third.status_code == (409 if closed else 302)


def test_proof_is_for_those_who_see_the_report(
    as_user, client, owner, colleague, stranger, coordinator, committee, public
):
    page = public.get_absolute_url()
    as_user(owner).post(page, {"state": "under_way", "text": "하고 있습니다.", "files": [pdf()]})
    proof = CommitmentEvidence.objects.get()
    address = page.replace(f"commitments/{public.pk}/", f"commitments/evidence/{proof.pk}/")
    seen = {
        user: as_user(user).get(address).status_code for user in (owner, colleague, coordinator, committee, stranger)
    }
    assert list(seen.values()) == [200, 200, 200, 200, 404]
    assert client.get(address).url.startswith("/accounts/login/")
    response = as_user(owner).get(address)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_overdue_promises_stand_first_and_are_marked(as_user, committee, public, url_of):
    Commitment.objects.filter(pk=public.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    page = as_user(committee).get(url_of("stakeholders:commitments"))
    assert "기한 지남" in page.text
    assert as_user(committee).get(url_of("stakeholders:commitments") + "?state=kept").context["promises"] == []


def test_two_promises_of_a_reply_are_published_together(coordinator, asked, promise, owner, partner):
    more = Commitment(question=asked, department=partner.department, text="알린다.", due_on=timezone.localdate())
    voices.add_commitment(actor=partner, commitment=more)
    for user in (owner, partner):
        voices.submit_reply(actor=user, draft=draft_of(asked, user), new=answer())
    voices.consolidate_replies(actor=coordinator, question=asked, new=answer(), version=0, is_ready=True)
    edition = voices.publish_replies(actor=coordinator, deliberation=asked.deliberation)
    assert set(Commitment.objects.values_list("promised_in", flat=True)) == {edition.pk}
