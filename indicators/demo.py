"""Demo accounts and demo results: made up by a fixed rule, marked as demo wherever they show, never made in production.

Every act goes through the services as in real life, so that traces, states and publications are those of a real year.
"""

import hashlib
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Department, User
from commons.values import Value
from indicators import services
from indicators.choices import MissingReason, ResultState, Status
from indicators.models import Indicator, ReportingRound, Result
from plans.models import Plan

PASSWORD = "demo-2022-2026"
STAFF = [
    ("coordinator", "총괄 담당자(시범)", Role.COORDINATOR),
    ("committee", "위원(시범)", Role.COMMITTEE),
    ("administrator", "시스템 관리자(시범)", Role.ADMINISTRATOR),
]
EXPLANATION = "시범 자료입니다. 기능을 보이려고 정해진 규칙으로 만든 값이며 실제 실적이 아닙니다."


def create_accounts() -> list[User]:
    """Create the demo accounts that are missing: one per role, an officer and a head per department.

    Accounts that are there keep their passwords.
    """
    wanted = [(name, title, role, None) for name, title, role in STAFF]
    for department in Department.objects.order_by("pk"):
        wanted.append((f"officer-{department.slug}", f"{department.name} 담당자(시범)", Role.OFFICER, department))
        wanted.append((f"head-{department.slug}", f"{department.name} 부서장(시범)", Role.HEAD, department))
    created = []
    for username, name, role, department in wanted:
        if not User.objects.filter(username=username).exists():
            created.append(User.objects.create_user(username, PASSWORD, name=name, role=role, department=department))
    return created


def _chance(*key) -> Decimal:
    """A number from 0 to 1 that depends on *key* alone."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    return Decimal(int.from_bytes(digest[:4], "big")) / 2**32


def _rate(chance: Decimal) -> Decimal:
    """Spread rates as real years do: about half met, the rest thinning out downwards."""
    if chance < Decimal("0.5"):
        return 1 + chance / 5
    if chance < Decimal("0.74"):
        return Decimal("0.9") + (chance - Decimal("0.5")) / 3
    if chance < Decimal("0.88"):
        return Decimal("0.72") + (chance - Decimal("0.74"))
    return Decimal("0.35") + (chance - Decimal("0.88")) * 2


def demo_value(indicator: Indicator, target: Value, year: int) -> dict:
    """The made-up result of a year, as the fields a service stores."""
    key = (indicator.area.number, indicator.code, year)
    new = {"value": None, "text": "", "missing_reason": "", "verdict": "", "explanation": EXPLANATION}
    new["doubt_answer"] = EXPLANATION
    if target.missing or _chance("missing", *key) < Decimal("0.06"):
        reasons = MissingReason.for_results()
        new["missing_reason"] = reasons[int(_chance("reason", *key) * len(reasons))]
    elif target.text:
        new |= {"text": target.text, "verdict": Status.NEAR}
    elif indicator.value_kind == "grade":
        new["value"] = target.number + (1 if _chance("grade", *key) > Decimal("0.6") else 0)
    elif target.number == 0:
        new["value"] = Decimal(0)
    else:
        rate = _rate(_chance("rate", *key))
        share = {"up": rate, "down": 2 - rate, "keep": rate}[indicator.direction]
        value = target.number * share
        if indicator.unit == "%":
            value = min(value, Decimal(100))
        new["value"] = value.quantize(Decimal(1).scaleb(-indicator.decimals), rounding=ROUND_HALF_UP)
    return new


def _moment(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime(year, month, day, hour))


class DemoRounds:
    """Plays the rounds 2022 to 2024: two published (the second one corrected), the third open."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.coordinator = User.objects.get(username="coordinator")
        self.officers = {u.department_id: u for u in User.objects.filter(username__startswith="officer-")}
        self.indicators = list(
            Indicator.objects.of_plan(plan).select_related("area__plan").prefetch_related("tasks", "milestones")
        )

    @transaction.atomic
    def play(self) -> None:
        for year in (2022, 2023):
            reporting_round = self._open(year, _moment(year + 1, 1, 9), _moment(year + 1, 2, 24))
            self._collect(reporting_round, keep_open=False)
            closed = services.close_round(
                actor=self.coordinator, reporting_round=reporting_round, now=_moment(year + 1, 3, 11)
            )
            services.publish_round(actor=self.coordinator, reporting_round=closed, now=_moment(year + 1, 3, 25))
        self._correct(2023)
        today = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
        self._collect(self._open(2024, today - timedelta(days=16), today + timedelta(days=12)), keep_open=True)

    def _open(self, year: int, opens: datetime, due: datetime) -> ReportingRound:
        reporting_round = ReportingRound(
            plan=self.plan,
            year=year,
            opens_on=opens.date(),
            due_on=due.date(),
            instructions="시범 회차입니다.",
            is_demo=True,
        )
        services.plan_round(actor=self.coordinator, reporting_round=reporting_round, now=opens - timedelta(days=7))
        return services.open_round(actor=self.coordinator, reporting_round=reporting_round, now=opens)

    def _collect(self, reporting_round: ReportingRound, *, keep_open: bool) -> None:
        """Let every department report: some late, some not at all, some returned; an open round is left half done."""
        opens = _moment(reporting_round.opens_on.year, reporting_round.opens_on.month, reporting_round.opens_on.day)
        days = (reporting_round.due_on - reporting_round.opens_on).days
        for indicator in self.indicators:
            key = (indicator.area.number, indicator.code, reporting_round.year)
            fate = _chance("fate", *key)
            if fate < (Decimal("0.45") if keep_open else Decimal("0.05")):
                continue
            officer = self.officers[indicator.tasks.all()[0].department_id]
            target = next((m.reading for m in indicator.milestones.all() if m.year == reporting_round.year), Value())
            result = Result(round=reporting_round, indicator=indicator, version=0)
            is_late = not keep_open and _chance("late", *key) < Decimal("0.08")
            saved_at = opens + timedelta(days=(days + 6) if is_late else int(_chance("day", *key) * days / 2))
            new = demo_value(indicator, target, reporting_round.year)
            saved = services.save_result(actor=officer, result=result, new=new, now=saved_at)
            if keep_open and fate < Decimal("0.58"):
                continue
            saved = services.submit_result(actor=officer, result=saved, new=new, now=saved_at + timedelta(hours=2))
            self._review(saved, key, saved_at + timedelta(days=2), leave_submitted=keep_open and fate < Decimal("0.78"))

    def _review(self, result: Result, key, at: datetime, *, leave_submitted: bool) -> None:
        if leave_submitted:
            return
        if _chance("returned", *key) < Decimal("0.08"):
            comment = "산출 근거를 설명에 덧붙여 주십시오. (시범)"
            services.return_result(actor=self.coordinator, result=result, comment=comment, now=at)
            return
        services.approve_result(actor=self.coordinator, result=result, now=at)

    def _correct(self, year: int) -> None:
        """Correct the first two approved numbers of a published round and publish edition 2."""
        reporting_round = ReportingRound.objects.get(plan=self.plan, year=year)
        wrong = reporting_round.results.filter(state=ResultState.APPROVED, value__gt=100, indicator__decimals=0)
        for result in wrong.select_related("indicator__area", "round")[:2]:
            new = {"value": (result.value * Decimal("0.97")).quantize(Decimal(1))}
            services.correct_result(
                actor=self.coordinator,
                result=result,
                new=new,
                comment="중복 집계를 뺐습니다. (시범)",
                now=_moment(year + 1, 5, 12),
            )
        services.publish_round(
            actor=self.coordinator,
            reporting_round=reporting_round,
            reason="두 지표에서 중복 집계된 값을 바로잡았습니다. (시범)",
            now=_moment(year + 1, 5, 13),
        )
