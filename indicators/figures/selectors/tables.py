"""Open-data tables: one tidy table each, with the columns of docs/open-data.md."""

from itertools import islice

from commons.packages import Field, Shape, required
from indicators.choices import Direction, MissingReason, Status, ValueKind
from indicators.models import Figure, Indicator, Milestone, Publication
from plans.models import Plan
from plans.selectors import AREA_NO

CHUNK = 2000  # rows that are in memory at once


def in_words(choices) -> str:
    """The members of a closed list with their Korean words."""
    return ", ".join(f"{choice.value} {choice.label}" for choice in choices)


CODE = Field("indicator_code", "string", "지표 번호", "분야 안의 번호. 예: 2-1-3-1", constraints=required())
YEAR = Field("year", "year", "연도", constraints=required())
MISSING = Field(
    "missing_reason", "string", "값이 없는 까닭", in_words(MissingReason), constraints={"enum": MissingReason.values}
)
DEMO = Field("demo", "string", "시범 자료", "시범이라고 적힌 줄은 기능을 보이려고 만든 값이며 실제 실적이 아님")
_OF_INDICATOR = ((("area_no", "indicator_code"), "indicators", ("area_no", "indicator_code")),)

TITLE = Field("title", "string", "지표명", constraints=required())
UNIT = Field("unit", "string", "단위", "이 지표의 모든 값의 단위. 없으면 비어 있음")
DIRECTION = Field("direction", "string", "방향", in_words(Direction), constraints=required(enum=Direction.values))
VALUE_KIND = Field(
    "value_kind", "string", "값의 종류", in_words(ValueKind), constraints=required(enum=ValueKind.values)
)
DEPARTMENTS = Field("departments", "string", "담당부서", "과제의 담당부서. 여럿이면 ;로 이음")

INDICATORS = Shape(
    "indicators",
    "이행지표",
    "과제가 얼마나 나아갔는지 재는 지표",
    (
        AREA_NO,
        CODE,
        TITLE,
        UNIT,
        DIRECTION,
        VALUE_KIND,
        Field("task_codes", "string", "과제 번호", "지표가 재는 과제의 번호. 여럿이면 ;로 이음"),
        DEPARTMENTS,
    ),
    primary_key=("area_no", "indicator_code"),
    foreign_keys=((("area_no",), "areas", ("area_no",)),),
)
MILESTONES = Shape(
    "milestones",
    "연차별 목표치",
    "지표마다 계획의 해마다 한 줄. 값, 글, 값이 없는 까닭 가운데 하나만 있음",
    (
        AREA_NO,
        CODE,
        YEAR,
        Field("value", "number", "목표치", unit="지표의 단위"),
        Field("text", "string", "목표(서술)"),
        MISSING,
    ),
    primary_key=("area_no", "indicator_code", "year"),
    foreign_keys=_OF_INDICATOR,
)
FIGURES = Shape(
    "figures",
    "공표 수치",
    "공표본마다 지표마다 한 줄. 한 해의 가장 높은 판이 지금 유효한 값",
    (
        AREA_NO,
        CODE,
        YEAR,
        Field("edition", "integer", "판", constraints=required(minimum=1)),
        Field("target", "any", "그 해의 목표", "숫자 또는 글. 계획된 목표치가 없으면 비어 있음", "지표의 단위"),
        Field("actual", "number", "실적", "글이거나 없으면 비어 있음", "지표의 단위"),
        Field("text", "string", "실적(서술)"),
        MISSING,
        Field("attainment", "number", "달성률", "1이 100%. 산정하지 않으면 비어 있음", "비율(1=100%)"),
        Field("status", "string", "판정", in_words(Status), constraints=required(enum=Status.values)),
    ),
    primary_key=("area_no", "indicator_code", "year", "edition"),
)


def indicator_table(plan: Plan):
    return indicator_rows(Indicator.objects.of_plan(plan))


def indicator_rows(indicators):
    """The indicators of a query, in its order, as rows under the columns of INDICATORS."""
    for i in indicators.select_related("area").prefetch_related("tasks__department").iterator(chunk_size=CHUNK):
        tasks = list(i.tasks.all())
        departments = dict.fromkeys(task.department.name for task in tasks)
        yield (
            i.area.number,
            i.code,
            i.title,
            i.unit,
            i.direction,
            i.value_kind,
            ";".join(task.code for task in tasks),
            ";".join(departments),
        )


def milestone_table(plan: Plan):
    return milestone_rows(plan, Indicator.objects.of_plan(plan))


def milestone_rows(plan: Plan, indicators):
    """One row per indicator of a query and year of the plan; a year without a stored milestone has its reason.

    One query for the indicators, and one for the targets of each CHUNK // years of them, so that memory stays flat.
    """
    nothing = (None, "", MissingReason.NONE_PLANNED.value)
    rows = indicators.values_list("pk", "area__number", "code").iterator(chunk_size=CHUNK)
    while some := list(islice(rows, max(1, CHUNK // len(plan.years)))):
        targets = Milestone.objects.filter(indicator__in=[pk for pk, _area, _code in some]).order_by()
        fields = ("indicator_id", "year", "value", "text", "missing_reason")
        stored = {(pk, year): value for pk, year, *value in targets.values_list(*fields)}
        for pk, area, code in some:
            for year in plan.years:
                yield area, code, year, *stored.get((pk, year), nothing)


def figures_of(plan: Plan):
    """The figures of all editions of a plan; those of demo rounds are left out."""
    return Figure.objects.filter(publication__round__plan=plan, publication__round__is_demo=False)


def newest_figures(plan: Plan):
    """The figures of the newest edition of each round, demo rounds and all."""
    return Figure.objects.filter(publication__in=Publication.objects.of_plan(plan).latest_editions())


def figure_table(plan: Plan):
    """Every figure of every edition; demo rounds are left out."""
    return figure_rows(figures_of(plan))


def figure_rows(figures):
    """The figures of a query as rows under the columns of FIGURES, by year, edition, area and code."""
    ordered = figures.order_by(
        "publication__round__year", "publication__edition", "indicator__area__number", "indicator__sort_code"
    )
    rows = ordered.values_list(
        "inputs__area",
        "inputs__code",
        "publication__round__year",
        "publication__edition",
        "target_value",
        "target_text",
        "actual_value",
        "actual_text",
        "actual_missing",
        "attainment",
        "status",
    )
    for *known, target, target_text, actual, text, missing, attainment, status in rows.iterator(chunk_size=CHUNK):
        yield (*known, target_text if target is None else target, actual, text, missing, attainment, status)


def with_demo(rows, is_demo=lambda row: True):
    """The rows with a last column (DEMO) that marks those of a demo."""
    for row in rows:
        yield (*row, "시범" if is_demo(row) else "")
