"""Resources of what was promised: plans, areas, tasks."""

from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from indicators.choices import Status
from indicators.models import Figure, Indicator, Publication
from plans.models import Area, Goal, Plan, Target, Task
from sdgplan.api.parameters import AREA, CODE, DEPARTMENT, GOAL, PLAN, TARGET, WORDS, Flag, choice
from sdgplan.api.resources import (
    Resource,
    Scope,
    array,
    exact,
    flag,
    having_words,
    links,
    matching,
    number,
    or_null,
    plain,
    text,
    whole,
)

DEPARTMENT_FIELD = exact({"slug": text(_("주소용 이름")), "name": text(_("이름"))}, _("지금의 담당부서"))
SELF, PAGE = _("이 항목"), _("누리집의 화면")


# --- plans

EDITION_FIELDS = {
    "year": whole(_("실적 연도")),
    "edition": whole(_("판")),
    "is_newest": flag(_("그해의 유효한 판인지")),
    "is_demo": flag(_("시범 자료인지")),
    "published_at": text(_("공표 일시"), format="date-time"),
    "reason": text(_("정정 사유. 1판이면 비어 있습니다.")),
    "method_version": text(_("판정 방법의 판")),
    "sha256": text(_("내용의 SHA-256")),
}
PLAN_FIELDS = {
    "id": text(_("고유 이름")),
    "title": text(_("계획명")),
    "municipality": text(_("자치단체")),
    "summary": text(_("소개")),
    "start_year": whole(_("시작 연도")),
    "end_year": whole(_("종료 연도")),
    "is_current": flag(_("현재 계획인지")),
    "source": text(_("출처")),
    "bands": exact(
        {"met": number(_("달성")), "near": number(_("근접")), "short": number(_("미흡"))},
        _("판정 기준이 되는 달성률. 1은 100%입니다."),
    ),
    "publications": array(exact(EDITION_FIELDS), _("공표본, 연도와 판의 순서로")),
    "links": links(
        self=SELF,
        html=PAGE,
        areas=_("분야"),
        tasks=_("과제"),
        indicators=_("지표"),
        figures=_("공표 수치"),
        opinions=_("의견"),
        replies=_("답변"),
    ),
}


def find_plans(scope: Scope):
    return Plan.objects.filter(**matching(scope.chosen, plan="slug", is_current="is_current")).order_by(
        "-start_year", "slug"
    )


def show_plans(scope: Scope, found) -> list[dict]:
    plans = list(found)
    editions = defaultdict(list)
    rows = Publication.objects.filter(round__plan__in=plans).order_by("round__year", "edition")
    for plan_id, year, edition, is_demo, at, reason, method, sha256 in rows.values_list(
        "round__plan",
        "round__year",
        "edition",
        "round__is_demo",
        "published_at",
        "reason",
        "method_version",
        "sha256",
    ):
        editions[plan_id].append(
            {
                "year": year,
                "edition": edition,
                "is_newest": True,
                "is_demo": is_demo,
                "published_at": at.isoformat(),
                "reason": reason,
                "method_version": method,
                "sha256": sha256,
            }
        )
    for rows in editions.values():
        newest = {row["year"]: row["edition"] for row in rows}
        for row in rows:
            row["is_newest"] = newest[row["year"]] == row["edition"]
    return [_show_plan(Scope(scope.site, plan), editions[plan.pk]) for plan in plans]


def _show_plan(scope: Scope, publications: list[dict]) -> dict:
    plan = scope.plan
    kinds = ("areas", "tasks", "indicators", "figures", "opinions", "replies")
    return {
        "id": plan.slug,
        "title": plan.title,
        "municipality": plan.municipality,
        "summary": plan.summary,
        "start_year": plan.start_year,
        "end_year": plan.end_year,
        "is_current": plan.is_current,
        "source": plan.source,
        "bands": {"met": plain(plan.band_met), "near": plain(plan.band_near), "short": plain(plan.band_short)},
        "publications": publications,
        "links": {"self": f"{scope.api}/", "html": f"{scope.pages}/"} | {k: f"{scope.api}/{k}/" for k in kinds},
    }


PLANS = Resource(
    "plans",
    _("이행계획"),
    _("이행계획과 그 공표본"),
    PLAN_FIELDS,
    key=(PLAN,),
    filters=(Flag("is_current", _("현재 계획만(true) 또는 그 밖의 계획만(false)"), example="true"),),
    find=find_plans,
    show=show_plans,
)


# --- areas

AREA_FIELDS = {
    "id": text(_("고유 이름: 계획/분야")),
    "number": whole(_("분야 번호")),
    "title": text(_("핵심전환분야")),
    "note": text(_("유의사항")),
    "goals": array(
        exact(
            {
                "number": whole(_("목표 번호")),
                "title": text(_("목표")),
                "targets": array(
                    exact({"code": text(_("세부목표 번호")), "title": text(_("세부목표"))}), _("세부목표")
                ),
            }
        ),
        _("목표와 세부목표, 번호 순서로"),
    ),
    "links": links(self=SELF, html=PAGE, plan=_("계획"), tasks=_("과제"), indicators=_("지표")),
}


def find_areas(scope: Scope):
    return (
        Area.objects.filter(plan=scope.plan, **matching(scope.chosen, area="number"))
        .filter(having_words(scope.chosen.get("q"), "title"))
        .order_by("number")
        .values_list("pk", "number", "title", "note")
    )


def show_areas(scope: Scope, found) -> list[dict]:
    rows = list(found)
    goals, targets = defaultdict(list), defaultdict(list)
    chosen = [row[0] for row in rows]
    for pk, code, title in (
        Target.objects.filter(goal__area__in=chosen).order_by("sort_code").values_list("goal_id", "code", "title")
    ):
        targets[pk].append({"code": code, "title": title})
    for area, pk, place, title in (
        Goal.objects.filter(area__in=chosen).order_by("number").values_list("area_id", "pk", "number", "title")
    ):
        goals[area].append({"number": place, "title": title, "targets": targets[pk]})
    return [
        {
            "id": f"{scope.plan.slug}/{place}",
            "number": place,
            "title": title,
            "note": note,
            "goals": goals[pk],
            "links": {
                "self": f"{scope.api}/areas/{place}/",
                "html": f"{scope.pages}/areas/{place}/",
                "plan": f"{scope.api}/",
                "tasks": f"{scope.api}/tasks/?area={place}",
                "indicators": f"{scope.api}/indicators/?area={place}",
            },
        }
        for pk, place, title, note in rows
    ]


AREAS = Resource(
    "areas",
    _("핵심전환분야"),
    _("계획의 분야와 그 목표, 세부목표"),
    AREA_FIELDS,
    key=(AREA,),
    filters=(WORDS,),
    find=find_areas,
    show=show_areas,
)


# --- tasks

TASK_FIELDS = {
    "id": text(_("고유 이름: 계획/분야/번호")),
    "area": whole(_("분야 번호")),
    "goal": whole(_("목표 번호")),
    "target": text(_("세부목표 번호")),
    "code": text(_("과제 번호")),
    "title": text(_("이행과제")),
    "department": DEPARTMENT_FIELD,
    "team": or_null(text(_("담당팀. 정해지지 않았으면 null입니다."))),
    "purpose": text(_("추진목적")),
    "contents": text(_("추진내용")),
    "future_plan": text(_("향후 추진계획")),
    "note": text(_("유의사항")),
    "indicators": array(text(_("지표의 고유 이름")), _("이 과제를 재는 지표")),
    "links": links(self=SELF, html=PAGE, area=_("분야"), indicators=_("지표"), figures=_("공표 수치")),
}


def newest_figures(plan: Plan, year: int | None = None):
    """Figures of the newest edition of *year*, or else of the latest published year."""
    publications = Publication.objects.of_plan(plan).latest_editions().order_by("-round__year")
    if year:
        publications = publications.filter(round__year=year)
    return Figure.objects.filter(publication__in=publications.values("pk")[:1])


def find_tasks(scope: Scope):
    chosen = scope.chosen
    tasks = Task.objects.of_plan(scope.plan).filter(
        having_words(chosen.get("q"), "title", "purpose", "contents", "future_plan", "code"),
        **matching(
            chosen,
            area="target__goal__area__number",
            goal="target__goal__number",
            target="target__code",
            code="code",
            department="department__slug",
        ),
    )
    if "status" in chosen:
        figures = newest_figures(scope.plan).filter(indicator__tasks=OuterRef("pk"), status=chosen["status"])
        tasks = tasks.filter(Exists(figures))
    return tasks.order_by("target__goal__area__number", "sort_code", "pk").values_list(
        "pk",
        "target__goal__area__number",
        "target__goal__number",
        "target__code",
        "code",
        "title",
        "department__slug",
        "department__name",
        "team__name",
        "purpose",
        "contents",
        "future_plan",
        "note",
    )


def show_tasks(scope: Scope, found) -> list[dict]:
    rows = list(found)
    measured = defaultdict(list)
    of_tasks = Indicator.tasks.through.objects.filter(task__in=[row[0] for row in rows])
    for task, area, code in of_tasks.order_by("indicator__area__number", "indicator__sort_code").values_list(
        "task_id", "indicator__area__number", "indicator__code"
    ):
        measured[task].append(f"{scope.plan.slug}/{area}/{code}")
    shown = []
    for pk, area, goal, target, code, title, slug, name, team, *words in rows:
        purpose, contents, future_plan, note = words
        shown.append(
            {
                "id": f"{scope.plan.slug}/{area}/{code}",
                "area": area,
                "goal": goal,
                "target": target,
                "code": code,
                "title": title,
                "department": {"slug": slug, "name": name},
                "team": team,
                "purpose": purpose,
                "contents": contents,
                "future_plan": future_plan,
                "note": note,
                "indicators": measured[pk],
                "links": {
                    "self": f"{scope.api}/tasks/{area}/{code}/",
                    "html": f"{scope.pages}/tasks/{area}/{code}/",
                    "area": f"{scope.api}/areas/{area}/",
                    "indicators": f"{scope.api}/indicators/?area={area}&task={code}",
                    "figures": f"{scope.api}/figures/?area={area}&task={code}",
                },
            }
        )
    return shown


TASKS = Resource(
    "tasks",
    _("이행과제"),
    _("이행과제와 그 담당부서, 내용, 지표"),
    TASK_FIELDS,
    key=(AREA, CODE),
    filters=(
        AREA,
        GOAL,
        TARGET,
        DEPARTMENT,
        choice("status", Status, _("가장 최근 공표에서 이 판정을 받은 지표가 있는 과제")),
        WORDS,
    ),
    find=find_tasks,
    show=show_tasks,
)
