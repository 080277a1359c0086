"""A site in use, for tests that walk the whole map of addresses: one object of everything that has an address.

`World.address` fills any pattern of the map. What it puts into a parameter stands in PARAMETERS, and in SPECIAL where a
pattern needs another object than its neighbours.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from unittest import mock

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from indicators import services
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services import committee as committee_services
from indicators.checking.services.committee import mark_findings
from indicators.choices import CheckState, GoalLink, MilestoneRating, ReportKind
from indicators.models import Assignment, Job, MilestoneUpload, ReportingRound, Result, WorkbookUpload
from indicators.people.selectors.handover import handover_of
from indicators.people.services.handover import hand_over
from plans.models import Task
from stakeholders import services as voices
from stakeholders.choices import CommitmentState
from stakeholders.models import (
    Commitment,
    CommitmentEvidence,
    Deliberation,
    Opinion,
    PaperUpload,
    Question,
    Subscription,
)

from .conftest import answer, draft_of, make_user, values

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
ROLES = ["citizen", "owner", "stranger", "head", "other_head", "committee", "coordinator", "administrator"]


@dataclass(frozen=True)
class Door:
    """One pattern of the map: its route as the map spells it, and its name ("-" for the few that have none)."""

    route: str
    name: str

    @property
    def parameters(self) -> list[str]:
        return [] if "?P<" in self.route else re.findall(r"<(?:\w+:)?(\w+)>", self.route)

    @property
    def admin_model(self):
        """The model of an admin page, or None."""
        found = re.match(r"admin/(\w+)/(\w+)/", self.route)
        return apps.get_model(*found.groups()) if found and found[1] in apps.app_configs else None


def doors() -> list[Door]:
    """Every pattern of the map, in its order."""

    def walk(patterns, spaces=(), route=""):
        for entry in patterns:
            here = route + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield Door(here, ":".join((*spaces, entry.name or "-")))
            else:
                yield from walk(entry.url_patterns, (*spaces, entry.namespace) if entry.namespace else spaces, here)

    found = list(walk(get_resolver().url_patterns))
    assert len({door.route for door in found}) == len(found), "two patterns with the same route: one is never reached"
    return found


@dataclass
class World:
    """The people by role, what stands in an address by its parameter, and by name of pattern where that differs."""

    people: dict
    parameters: dict
    special: dict = field(default_factory=dict)

    def known(self, door: Door) -> dict:
        """What stands in the parameters of a pattern, so that it leads to something that exists."""
        known = self.parameters | self.special.get(door.name, {}) | self.special.get(door.route, {})
        if door.name == "admin:view_on_site":
            kind = ContentType.objects.get_for_model(Task)
            known |= {"content_type_id": kind.pk, "object_id": Task.objects.first().pk}
        if door.admin_model is not None:
            newest = door.admin_model._default_manager.order_by("pk").last()
            known |= {"object_id": newest.pk, "id": newest.pk}
        missing = set(door.parameters) - set(known)
        assert not missing, f"{door.route}: tests/world.py does not say what to put for {', '.join(sorted(missing))}"
        return known

    def fill(self, door: Door, known: dict) -> str:
        """The address of a pattern with these values in it."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(known[match[1]]), door.route)

    def address(self, door: Door) -> str:
        """The address of something that exists behind a pattern."""
        if door.route.startswith("admin/^") or door.route == "admin/(?P<url>.*)$":
            return "/admin/indicators/" if "app_label" in door.route else "/admin/nothing-here/"
        return self.fill(door, self.known(door))


def undrawn():
    """Within this, pages are put together and not drawn: drawing is most of the time, and who may in is said before."""
    return mock.patch("django.template.backends.django.Template.render", return_value="")


def _file(text: str, *, is_public: bool) -> dict:
    data = PDF + f"%{text}\n".encode()
    return {
        "file": ContentFile(data, "근거.pdf"),
        "name": "근거.pdf",
        "content_type": "application/pdf",
        "sha256": hashlib.sha256(data).hexdigest(),
        "is_public": is_public,
    }


def _draft(owner, indicator, reporting_round, number, *, is_public):
    blank = Result(round=reporting_round, indicator=indicator, version=0)
    result = services.save_result(actor=owner, result=blank, new=values(number))
    evidence = services.add_evidence(actor=owner, result=result, **_file(str(number), is_public=is_public))
    result.refresh_from_db()
    return result, evidence


def sent_back(user, page: str, download: str = "download/") -> None:
    """Send the workbook of a page back as it was downloaded, so that there is an upload to look at."""
    client = Client()
    client.force_login(user)
    data = client.get(f"{page}{download}").getvalue()
    sent = client.post(f"{page}upload/", {"file": SimpleUploadedFile("표.xlsx", data)})
    assert sent.status_code == 302, sent.text


def _round(plan, coordinator, year):
    window = {"opens_on": date(year + 1, 1, 2), "due_on": date(year + 1, 2, 28)}
    planned = services.plan_round(actor=coordinator, reporting_round=ReportingRound(plan=plan, year=year, **window))
    return services.open_round(actor=coordinator, reporting_round=planned)


def _figures(plan, people, indicator):
    """2022 is published with a public file, 2023 open with a draft and a file of its own."""
    coordinator, owner = people["coordinator"], people["owner"]
    first = _round(plan, coordinator, 2022)
    result, public = _draft(owner, indicator, first, 300, is_public=True)
    result = services.submit_result(actor=owner, result=result, new=values(310))
    services.approve_result(actor=coordinator, result=result)
    services.close_round(actor=coordinator, reporting_round=first)
    publication = services.publish_round(actor=coordinator, reporting_round=first)
    job, _is_new = services.request_job(actor=None, publication=publication, kind=ReportKind.XLSX, scope="")
    Job.objects.filter(pk=job.pk).update(state="running", attempt=1)
    job.refresh_from_db()
    services.finish_job(job=job, data=b"a report")
    second = _round(plan, coordinator, 2023)
    _result, private = _draft(owner, indicator, second, 305, is_public=False)
    sent_back(owner, f"/plans/{plan.slug}/work/rounds/2023/workbook/")
    sent_back(coordinator, f"/plans/{plan.slug}/work/milestones/", "xlsx/")
    return {
        "public": public,
        "private": private,
        "job": job,
        "upload": WorkbookUpload.objects.get(),
        "targets": MilestoneUpload.objects.get(),
    }


def _point(coordinator, paper, task, words):
    where = {"area": task.target.goal.area, "goal": None, "target": None, "task": task}
    new = {"summary": words, "kind": "proposal", "cited_code": task.code} | where
    return voices.save_opinion(actor=coordinator, opinion=Opinion(paper=paper), new=new, seen="")


def _forum(plan, coordinator, year):
    """A forum that is not public, with two points of 여성, and a question made of the first."""
    forum = Deliberation(plan=plan, year=year, title=f"{year}년 숙의공론장")
    forum = voices.open_deliberation(actor=coordinator, deliberation=forum)
    paper = voices.add_paper(actor=coordinator, deliberation=forum, group=plan.groups.get(slug="women"), name="")
    task = Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    points = [_point(coordinator, paper, task, f"일자리를 늘려 달라는 {n}째 의견") for n in (1, 2)]
    where = {"area": task.target.goal.area, "goal": None, "target": None, "task": task}
    question = voices.save_question(
        actor=coordinator,
        question=Question(deliberation=forum),
        new={"summary": "일자리를 얼마나 늘릴 수 있는지 묻는다."} | where,
        opinions=points[:1],
        seen="",
    )
    return forum, question


def _voices(plan, people):
    """2024 is answered, with a promise and two reports on it; 2025 is still being written."""
    coordinator, owner = people["coordinator"], people["owner"]
    forum, question = _forum(plan, coordinator, 2024)
    voices.publish_papers(actor=coordinator, deliberation=forum)
    due_on = timezone.localdate() + timedelta(days=30)
    voices.send_question(actor=coordinator, question=question, lead=owner.department, others=[], due_on=due_on)
    promise = Commitment(question=question, department=owner.department, text="일자리를 늘린다.", due_on=due_on)
    promise.task = question.task
    promise = voices.add_commitment(actor=owner, commitment=promise)
    voices.submit_reply(actor=owner, draft=draft_of(question, owner), new=answer())
    voices.consolidate_replies(actor=coordinator, question=question, new=answer(), version=0, is_ready=True)
    voices.publish_replies(actor=coordinator, deliberation=forum)
    promise.refresh_from_db()
    done = voices.report_commitment(
        actor=owner,
        commitment=promise,
        state=CommitmentState.UNDER_WAY,
        text="시작",
        evidence=[_file("1", is_public=True)],
    )
    voices.decide_report(actor=coordinator, report=done, publish=True)
    ended = {"state": CommitmentState.KEPT, "text": "마침", "evidence": [_file("2", is_public=False)]}
    waiting = voices.report_commitment(actor=owner, commitment=promise, **ended)
    _forum(plan, coordinator, 2025)
    sent_back(coordinator, f"/plans/{plan.slug}/work/deliberations/2025/import/")
    subscription = Subscription.objects.create(plan=plan, group=plan.groups.get(slug="women"), address="a@localhost")
    return {
        "promise": promise,
        "report": waiting,
        "public": CommitmentEvidence.objects.get(report=done),
        "private": CommitmentEvidence.objects.get(report=waiting),
        "upload": PaperUpload.objects.get(),
        "subscription": subscription,
    }


def _desks(plan, people, indicator):
    """A rating, a comment that waits for the owner, a decided finding, and an indicator that was handed over."""
    coordinator, owner, leaver = people["coordinator"], people["owner"], people["leaver"]
    committee_services.rate_indicator(
        actor=people["committee"],
        indicator=indicator,
        version=0,
        milestones=MilestoneRating.ADEQUATE,
        goal_link=GoalLink.CLOSE,
        reason="",
    )
    comment = committee_services.add_committee_comment(
        actor=coordinator, area=indicator.area, indicator=indicator, department=owner.department, text="근거"
    )
    mark_findings(
        actor=coordinator, plan=plan, tokens=[check_rows(plan)[0].token], state=CheckState.TO_REVISE, reason=""
    )
    Assignment.objects.create(indicator=indicator, user=leaver, since=date(2023, 1, 2))
    seen = handover_of(leaver, plan).fingerprint
    sheet = hand_over(actor=coordinator, leaver=leaver, successor=owner, plan=plan, seen=seen)
    return {"comment": comment, "sheet": sheet}


def build_world(people, plan, indicator, welfare) -> World:
    """Let a site be used for two years. *people* are the users by role."""
    people["leaver"] = make_user("leaver", "officer", welfare)
    figures = _figures(plan, people, indicator)
    told = _voices(plan, people)
    desks = _desks(plan, people, indicator)
    parameters = {
        "uidb64": "MQ",  # a link of a mail for a new password, long over
        "token": "over",
        "slug": plan.slug,
        "area_number": 1,
        "number": 1,
        "code": indicator.code,
        "year": 2023,
        "edition": 1,
        "kind": "xlsx",
        "scope": "1",
        "department_slug": welfare.slug,
        "group_slug": "women",
        "username": "owner",
        "plan": plan.slug,
        "area": "1",
        "task": "1-1-2",
        "indicator": indicator.code,
        "group": "women",
        "opinion": "1",
        "question": "1",
        "department": welfare.slug,
        "rest": "nothing/here",
    }
    return World(people, parameters, _special(figures, told, desks))


def _special(figures, told, desks) -> dict:
    """What a pattern needs that differs from PARAMETERS, by its name or its route."""
    plan = "plans/<slug:slug>/"
    asked, unwritten = {"year": 2024, "number": 1}, {"year": 2025, "number": 1}
    promise = {"pk": told["promise"].pk, "report_pk": told["report"].pk}
    task = {"code": "1-1-2"}
    token = told["subscription"]
    special = {
        "plans:task": task,
        f"{plan}tasks/<int:area_number>/<str:code>/feed/": task,
        f"{plan}tasks/<int:area_number>/<str:code>/follow/": task,
        f"{plan}voices/<slug:group_slug>/<int:year>/<int:number>/feed/": asked,
        f"{plan}voices/<slug:group_slug>/<int:year>/<int:number>/follow/": asked,
        "indicators:why": {"year": 2022},
        "indicators:public_evidence": {"pk": figures["public"].pk},
        "indicators:report_file": {"pk": figures["job"].pk},
        "indicators:report_retry": {"pk": figures["job"].pk},
        "indicators:publication": {"year": 2022},
        f"{plan}reports/<int:year>/<int:edition>/<slug:kind>/": {"year": 2022},
        f"{plan}reports/<int:year>/<int:edition>/<slug:kind>/<path:scope>/": {"year": 2022, "kind": "area"},
        "indicators:evidence": {"pk": figures["private"].pk},
        "indicators:evidence_remove": {"pk": figures["private"].pk},
        "indicators:handover_sheet": {"pk": desks["sheet"].pk},
        "indicators:committee_comment": {"pk": desks["comment"].pk},
        "indicators:workbook_preview": {"pk": figures["upload"].pk},
        "indicators:workbook_confirm": {"pk": figures["upload"].pk},
        "indicators:correct": {"year": 2022},
        "indicators:edition": {"year": 2022},
        "indicators:edition_file": {"year": 2022, "name": "figures.csv"},
        "api:tasks_item": task,
        "api:figures_item": {"year": 2022},
        "api:opinions_item": {"year": 2024},
        "api:replies_item": {"year": 2024},
        "data:table": {"name": "areas", "suffix": "csv"},
        "indicators:milestones_preview": {"pk": figures["targets"].pk},
        "indicators:milestones_confirm": {"pk": figures["targets"].pk},
        "stakeholders:opinion": asked,
        "stakeholders:edition": asked,
        "stakeholders:public_evidence": {"pk": told["public"].pk},
        "stakeholders:commitment_evidence": {"pk": told["private"].pk},
        "stakeholders:commitment": promise,
        "stakeholders:commitment_remove": promise,
        "stakeholders:report_decide": promise,
        "stakeholders:follow_confirm": {"token": token.confirm_path.split("/")[-3]},
        "stakeholders:follow_leave": {"token": token.leave_path.split("/")[-3]},
    }
    for name in ("question", "question_comment", "reply", "reply_return", "consolidate", "commitment_add"):
        special[f"stakeholders:{name}"] = asked
    for name in ("question_edit", "question_remove", "question_send", "question_add", "papers_publish", "paper_add"):
        special[f"stakeholders:{name}"] = unwritten
    for name in ("paper", "opinion_add", "opinion_edit", "opinion_remove", "paper_split", "paper_import"):
        special[f"stakeholders:{name}"] = unwritten
    for name in ("template", "download", "upload"):
        special[f"stakeholders:paper_import_{name}"] = unwritten
    for name in ("preview", "confirm"):
        special[f"stakeholders:paper_import_{name}"] = unwritten | {"pk": told["upload"].pk}
    special["stakeholders:deliberation"] = special["stakeholders:replies_publish"] = asked
    return special
