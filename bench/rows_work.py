"""The pages of the work, asked by people who are signed in: officer, coordinator and committee.

Nothing of these pages is kept, because they show what is not published; what they share with public pages is there
already when they are asked a second time, as on a working day.
"""

import json
from collections.abc import Iterable

from . import client
from .harness import Finding, Row, Stage
from .rows_pages import ROOT, finding_of
from .servers import CannotMeasure

GOAL = 60
COOKIE = "sessionid"

# Each page: who asks, and its address below work/. The words in braces are found in the data by FIND.
PAGES = {
    "my work": ("officer", ""),
    "grid": ("officer", "rounds/{open}/grid/"),
    "entry": ("officer", "rounds/{open}/{draft}/"),
    "review queue": ("coordinator", "rounds/{open}/review/"),
    "round board": ("coordinator", "rounds/{open}/"),
    "round board, published": ("coordinator", "rounds/{published}/"),
    "committee's list": ("committee", "indicators/"),
    "committee's indicator": ("committee", "indicators/{indicator}/"),
    "data check": ("coordinator", "checks/"),
    "revision list": ("coordinator", "revision/"),
}

# The demo's committee has not begun. Here it has rated every indicator, a third of them with a reason, and asked about
# ten; and the coordinator has put a hundred findings on the list for the revision.
GATHER = """
from accounts.models import User
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.models import Indicator
from indicators.selectors.checks import check_rows
from indicators.services.committee import add_committee_comment, mark_findings, rate_indicator
from plans.models import Plan

plan = Plan.objects.get(slug="seodaemun-2022")
member, coordinator = (User.objects.get(username=name) for name in ("committee", "coordinator"))
for number, indicator in enumerate(Indicator.objects.of_plan(plan).select_related("area")):
    doubtful = number % 3 == 0
    rate_indicator(
        actor=member,
        indicator=indicator,
        version=0,
        milestones=MilestoneRating.TOO_LOW if doubtful else MilestoneRating.ADEQUATE,
        goal_link=GoalLink.CLOSE,
        reason="지난해 실적보다 낮은 목표치입니다." if doubtful else "",
    )
    if number < 10:
        task = indicator.tasks.select_related("department").first()
        add_committee_comment(
            actor=member,
            area=indicator.area,
            indicator=indicator,
            department=task.department,
            text="목표치를 정한 근거를 알려 주십시오.",
        )
tokens = [row.token for row in check_rows(plan)[:100]]
mark_findings(actor=coordinator, plan=plan, tokens=tokens, state=CheckState.TO_REVISE, reason="다음 개정에서 고칩니다.")
"""

# In a process of its own: sessions as signing in leaves them, of the officer of the largest department and of two more,
# and where there is something to do. The coordinator has given the second factor, which is required with DEBUG off.
FIND = """
import json
from django.conf import settings
from django.db.models import Count
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from accounts.models import Department, User
from indicators.models import Indicator, ReportingRound, Result

def signed_in(user):
    client = Client(HTTP_HOST="127.0.0.1", headers={"x-forwarded-proto": "https"})
    client.force_login(user)
    if user.is_staff:
        device, _is_new = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=True)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value

indicators = Indicator.objects.filter(area__plan__slug="seodaemun-2022")
departments = Department.objects.filter(tasks__indicators__in=indicators)
counted = departments.annotate(owned=Count("tasks__indicators", distinct=True))
largest = counted.order_by("-owned", "slug").first()
rounds = ReportingRound.objects.filter(plan__slug="seodaemun-2022").order_by("year")
opened, published = rounds.filter(state="open").last(), rounds.filter(state="published").last()
place = lambda indicator: f"{indicator.area.number}/{indicator.code}"
drafts = Result.objects.filter(round=opened, state="draft", indicator__in=indicators.of_department(largest))
print(json.dumps({
    "sessions": {
        "officer": signed_in(User.objects.get(username=f"officer-{largest.slug}")),
        "coordinator": signed_in(User.objects.get(username="coordinator")),
        "committee": signed_in(User.objects.get(username="committee")),
    },
    "names": {
        "open": opened.year,
        "published": published.year,
        "draft": place(drafts.select_related("indicator__area").first().indicator),
        "indicator": place(indicators.select_related("area").first()),
    },
}))
"""


def _found(stage: Stage) -> dict:
    """Sessions and names of the data, made once for each database."""
    if "work" not in stage.memory:
        stage.manage("shell", "-v", "0", "-c", GATHER)
        stage.memory["work"] = json.loads(stage.manage("shell", "-v", "0", "-c", FIND).splitlines()[-1])
    return stage.memory["work"]


def work_page(name: str) -> Row:
    def measure(stage: Stage) -> Iterable[Finding]:
        found = _found(stage)
        who, address = PAGES[name]
        path = f"{ROOT}work/{address.format(**found['names'])}"
        cookie = {"Cookie": f"{COOKIE}={found['sessions'][who]}"}
        page = client.get(stage.cold.port, path, **cookie)
        if page.status != 200:
            raise CannotMeasure(f"{path} answered {page.status} to the {who}")
        finding = finding_of(f"work: {name}", stage.compare(stage.cold, path, **cookie), GOAL)
        finding.note = f"{who}, {path.removeprefix(ROOT)}"
        yield finding

    return Row(f"work: {name}", measure)


ROWS = [work_page(name) for name in PAGES]
