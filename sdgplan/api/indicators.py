"""Indicators with their targets and newest figures of all years: the longest list, made with the least work."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models import Exists, FloatField, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from commons.read_model import kept
from indicators.choices import Dimension, Direction, MissingReason, Status, ValueKind
from indicators.models import Figure, Indicator, Milestone, Publication
from plans.models import Plan
from sdgplan.api.figures import NO_REASON, NUMBERS, VALUE_COLUMNS, VALUES
from sdgplan.api.parameters import AREA, CODE, DEPARTMENT, GOAL, TARGET, TASK, WORDS, Parameter, Whole, choice
from sdgplan.api.plan import DEPARTMENT_FIELD, PAGE, SELF, newest_figures
from sdgplan.api.resources import (
    Resource,
    Scope,
    array,
    as_json,
    coded,
    exact,
    flag,
    having_words,
    links,
    matching,
    number,
    or_null,
    plain,
    quoted,
    text,
    whole,
)

YEAR_FIELDS = {
    "year": whole(_("연도")),
    "milestone": exact(
        {
            "value": or_null(number(_("연차별 목표치. 숫자가 아니면 null입니다."))),
            "text": text(_("숫자가 아닌 목표치. 없으면 비어 있습니다.")),
            "missing_reason": coded(MissingReason, NO_REASON, ""),
        },
        _("계획에 적힌 연차별 목표치"),
    ),
    "figure": exact(
        {
            "edition": whole(_("판")),
            "is_demo": flag(_("시범 자료인지")),
            "unit": text(_("공표할 때의 단위")),
            **VALUES,
        },
        _("가장 새로운 판의 공표 수치. 아직 공표되지 않았으면 null입니다."),
    )
    | {"type": ["object", "null"]},
}
INDICATOR_FIELDS = {
    "id": text(_("고유 이름: 계획/분야/번호")),
    "area": whole(_("분야 번호")),
    "code": text(_("지표 번호")),
    "title": text(_("이행지표")),
    "definition": text(_("정의")),
    "formula": text(_("산식. 보고서에 없으면 비어 있습니다.")),
    "unit": text(_("단위. 없으면 비어 있습니다.")),
    "direction": coded(Direction, _("방향")),
    "value_kind": coded(ValueKind, _("값의 종류")),
    "decimals": whole(_("화면에 보이는 소수 자릿수")),
    "is_cumulative": flag(_("누계인지")),
    "breakdowns": array({"type": "string", "enum": Dimension.values}, _("보고서가 요구하는 세분화")),
    "remarks": text(_("보고서 주석")),
    "note": text(_("유의사항")),
    "tasks": array(text(_("과제의 고유 이름")), _("이 지표로 재는 과제")),
    "departments": array(DEPARTMENT_FIELD, _("그 과제들의 담당부서, 저마다 한 번")),
    "links": links(
        self=SELF, html=PAGE, embed=_("다른 누리집에 넣는 화면"), area=_("분야"), figures=_("모든 연도의 공표 수치")
    ),
    "years": array(exact(YEAR_FIELDS), _("계획 기간의 모든 연도, 또는 year로 고른 연도")),
}


def find_indicators(scope: Scope):
    chosen = scope.chosen
    indicators = Indicator.objects.of_plan(scope.plan).filter(
        having_words(chosen.get("q"), "title", "definition", "code", "formula"),
        **matching(chosen, area="area__number", code="code", kind="value_kind", direction="direction", unit="unit"),
    )
    of_tasks = matching(
        chosen,
        goal="task__target__goal__number",
        target="task__target__code",
        task="task__code",
        department="task__department__slug",
    )
    if of_tasks:
        links = Indicator.tasks.through.objects.filter(indicator=OuterRef("pk"), **of_tasks)
        indicators = indicators.filter(Exists(links))
    if "status" in chosen:
        figures = newest_figures(scope.plan, chosen.get("year"))
        indicators = indicators.filter(Exists(figures.filter(indicator=OuterRef("pk"), status=chosen["status"])))
    return indicators.order_by("area__number", "sort_code", "pk").values_list(
        "pk",
        "area__number",
        "code",
        "title",
        "definition",
        "formula",
        "unit",
        "direction",
        "value_kind",
        "decimals",
        "is_cumulative",
        "by_sex",
        "by_age",
        "by_disability",
        "by_migrant",
        "remarks",
        "note",
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """An indicator in JSON but for what depends on who asks: where the site stands, and which years are wanted."""

    path: str  # area and code, as addresses have them
    head: str  # the fields before the links, without the brace
    figures: str  # the query that finds its figures
    years: dict[int, str]

    def shown(self, api: str, pages: str, years: Iterable[int]) -> str:
        own = f"indicators/{self.path}/"
        return (
            f'{{{self.head},"links":{{"self":"{api}/{own}","html":"{pages}/{own}","embed":"{pages}/embed/{own}"'
            f',"area":"{api}/areas/{self.path.partition("/")[0]}/","figures":"{api}/figures/?{self.figures}"}}'
            f',"years":[{",".join([self.years.get(year) or _year(year) for year in years])}]}}'
        )


def show_indicators(scope: Scope, found) -> list[str]:
    """Indicators as JSON texts: five years of each in dicts would cost more than all the rest of the answer.

    A page of the whole list is cut from what is kept in the process; for anything narrower, *found* is asked.
    """
    chosen = scope.chosen
    if "page_size" in chosen and chosen.keys() <= NOT_NARROWING:
        size = chosen["page_size"]
        start = (chosen["page"] - 1) * size
        shown = kept(("API indicators", scope.plan.pk), lambda: _all_of(scope.plan))[start : start + size]
    else:
        rows = list(found)
        shown = _ready(scope.plan, rows, [row[0] for row in rows])
    years = [chosen["year"]] if "year" in chosen else scope.plan.years
    api, pages = quoted(scope.api)[1:-1], quoted(scope.pages)[1:-1]
    return [one.shown(api, pages, years) for one in shown]


def _all_of(plan: Plan) -> list[Ready]:
    return _ready(plan, find_indicators(Scope("", plan)), None)


def _ready(plan: Plan, rows: Iterable[tuple], among: list[int] | None) -> list[Ready]:
    """The indicators of *rows*, which are those *among* or else all of the plan. Three queries for what they have."""
    planned, published = _milestones(plan, among), _newest(plan, among)
    tasks, departments = _tasks_of(plan, among)
    known_years = sorted({*plan.years, *(year for _pk, year in planned), *(year for _pk, year in published)})
    shown = []
    for pk, area, code, title, definition, formula, unit, direction, kind, decimals, cumulative, *rest in rows:
        sex, age, disability, migrant, remarks, note = rest
        wanted = {"sex": sex, "age": age, "disability": disability, "migrant": migrant}
        head = {
            "id": f"{plan.slug}/{area}/{code}",
            "area": area,
            "code": code,
            "title": title,
            "definition": definition,
            "formula": formula,
            "unit": unit,
            "direction": direction,
            "value_kind": kind,
            "decimals": decimals,
            "is_cumulative": cumulative,
            "breakdowns": [name for name, is_wanted in wanted.items() if is_wanted],
            "remarks": remarks,
            "note": note,
            "tasks": tasks[pk],
            "departments": list(departments[pk].values()),
        }
        years = {year: _year(year, planned.get((pk, year)), published.get((pk, year))) for year in known_years}
        shown.append(Ready(f"{area}/{code}", as_json(head)[1:-1], f"area={area}&indicator={code}", years))
    return shown


NOT_NARROWING = {"year", "page", "page_size"}
SOME_PLAN = -1


@cache
def _compiled(build) -> tuple[str, tuple]:
    return build(SOME_PLAN).query.sql_with_params()


def _rows(build, plan: Plan, among: list[int] | None):
    """Rows of the query that *build* makes for a plan's id, of the indicators *among* or else of all.

    For all it is compiled once in the life of the process: compiling these queries takes as long as running them.
    Such rows come as the database has them, so that only texts, whole numbers and floats may be asked for.
    """
    if among is not None:
        yield from build(plan.pk).filter(indicator__in=among)
        return
    sql, parameters = _compiled(build)
    with connection.cursor() as cursor:
        cursor.execute(sql, [plan.pk if value == SOME_PLAN else value for value in parameters])
        yield from cursor.fetchall()


def _number(value: float | None) -> str:
    return "null" if value is None else repr(plain(value))


NO_MILESTONE = f'{{"value":null,"text":"","missing_reason":"{MissingReason.NONE_PLANNED.value}"}}'


def _year(year: int, milestone: str | None = None, figure: str | None = None) -> str:
    return f'{{"year":{year},"milestone":{milestone or NO_MILESTONE},"figure":{figure or "null"}}}'


def _milestone_query(plan_id: int):
    milestones = Milestone.objects.filter(indicator__area__plan=plan_id).order_by()
    return milestones.annotate(number=Cast("value", FloatField())).values_list(
        "indicator_id", "year", "number", "text", "missing_reason"
    )


def _milestones(plan: Plan, among: list[int] | None) -> dict[tuple[int, int], str]:
    """The planned values by indicator and year, as JSON. One query."""
    return {
        (pk, year): f'{{"value":{_number(value)},"text":{quoted(words)},"missing_reason":"{missing}"}}'
        for pk, year, value, words, missing in _rows(_milestone_query, plan, among)
    }


def _newest_query(plan_id: int):
    newest = Publication.objects.filter(round__plan=plan_id).latest_editions()
    figures = Figure.objects.filter(publication__in=newest.order_by().values("pk")).order_by()
    return figures.annotate(unit=KT("inputs__unit"), **NUMBERS).values_list(
        "indicator_id",
        "publication__round__year",
        "publication__edition",
        "publication__round__is_demo",
        "unit",
        *VALUE_COLUMNS,
    )


def _newest(plan: Plan, among: list[int] | None) -> dict[tuple[int, int], str]:
    """The figures of the newest editions by indicator and year, as JSON with the fields of VALUES. One query."""
    found = {}
    for pk, year, edition, is_demo, unit, *values in _rows(_newest_query, plan, among):
        target, target_text, target_missing, actual, words, missing, rate, status, track = values
        found[pk, year] = (
            f'{{"edition":{edition},"is_demo":{"true" if is_demo else "false"},"unit":{quoted(unit or "")}'
            f',"target":{_number(target)},"target_text":{quoted(target_text)},"target_missing":"{target_missing}"'
            f',"actual":{_number(actual)},"text":{quoted(words)},"missing_reason":"{missing}"'
            f',"attainment":{_number(rate)},"status":"{status}","track":"{track}"}}'
        )
    return found


def _task_query(plan_id: int):
    return (
        Indicator.tasks.through.objects.filter(indicator__area__plan=plan_id)
        .order_by("task__target__goal__area__number", "task__sort_code")
        .values_list(
            "indicator_id",
            "task__target__goal__area__number",
            "task__code",
            "task__department__slug",
            "task__department__name",
        )
    )


def _tasks_of(plan: Plan, among: list[int] | None) -> tuple[dict[int, list[str]], dict[int, dict[str, dict]]]:
    """Of each indicator its tasks and their departments, each once. One query."""
    tasks: dict[int, list[str]] = defaultdict(list)
    departments: dict[int, dict[str, dict]] = defaultdict(dict)
    for pk, area, code, slug, name in _rows(_task_query, plan, among):
        tasks[pk].append(f"{plan.slug}/{area}/{code}")
        departments[pk].setdefault(slug, {"slug": slug, "name": name})
    return tasks, departments


INDICATORS = Resource(
    "indicators",
    _("이행지표"),
    _("이행지표와 모든 연도의 목표치, 가장 새로운 공표 수치"),
    INDICATOR_FIELDS,
    key=(AREA, CODE),
    filters=(
        AREA,
        GOAL,
        TARGET,
        TASK,
        DEPARTMENT,
        Whole(
            "year", _("이 연도의 목표치와 공표 수치만 봅니다. status는 이 연도의 판정을 뜻하게 됩니다."), example="2022"
        ),
        choice("status", Status, _("year의 판정, year가 없으면 가장 최근 공표의 판정")),
        choice("kind", ValueKind, _("값의 종류")),
        choice("direction", Direction, _("방향")),
        Parameter("unit", _("단위"), longest=20, example="명"),
        WORDS,
    ),
    find=find_indicators,
    show=show_indicators,
)
