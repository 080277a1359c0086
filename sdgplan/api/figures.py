"""Resources of how much: indicators with their targets and newest figures of all years, and figures of all editions."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Exists, FloatField, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from indicators.choices import BreakdownGroup, Dimension, Direction, MissingReason, Status, Track, ValueKind
from indicators.models import Figure, Indicator, Milestone, Publication
from plans.models import Task

from .parameters import (
    AREA,
    CODE,
    DEPARTMENT,
    GOAL,
    INDICATOR,
    IS_DEMO,
    TARGET,
    TASK,
    WORDS,
    YEAR,
    Parameter,
    Whole,
    choice,
)
from .plan import DEPARTMENT_FIELD, PAGE, SELF, newest_figures
from .resources import (
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

NO_REASON = _("값이 없는 사유. 값이 있으면 비어 있습니다")
VALUES = {
    "target": or_null(number(_("그해의 목표. 지표의 단위로 적은 숫자이고, 숫자가 아니면 null입니다."))),
    "target_text": text(_("숫자가 아닌 목표. 없으면 비어 있습니다.")),
    "target_missing": coded(MissingReason, _("목표가 없는 사유. 있으면 비어 있습니다"), ""),
    "actual": or_null(number(_("실적. 지표의 단위로 적은 숫자이고, 숫자가 아니면 null입니다."))),
    "text": text(_("숫자가 아닌 실적. 없으면 비어 있습니다.")),
    "missing_reason": coded(MissingReason, NO_REASON, ""),
    "attainment": or_null(number(_("달성률. 1은 100%이고, 계산할 수 없으면 null입니다."))),
    "status": coded(Status, _("판정")),
    "track": coded(Track, _("마지막 목표까지의 궤도. 산정하지 않은 판에서는 비어 있습니다"), ""),
}
# Numbers come as floats, which hold the 15 digits that are stored, because making Decimals costs more than the query.
NUMBERS = {
    "target_number": Cast("target_value", FloatField()),
    "actual_number": Cast("actual_value", FloatField()),
    "rate_number": Cast("attainment", FloatField()),
}
VALUE_COLUMNS = (
    "target_number",
    "target_text",
    "target_missing",
    "actual_number",
    "actual_text",
    "actual_missing",
    "rate_number",
    "status",
    "track",
)


def _values(row) -> dict:
    """The fields of VALUES from columns in the order of VALUE_COLUMNS."""
    target, target_text, target_missing, actual, words, missing, attainment, status, track = row
    return {
        "target": plain(target),
        "target_text": target_text,
        "target_missing": target_missing,
        "actual": plain(actual),
        "text": words,
        "missing_reason": missing,
        "attainment": plain(attainment),
        "status": status,
        "track": track,
    }


# --- indicators

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


def show_indicators(scope: Scope, found) -> list[str]:
    """Indicators as JSON texts: five years of each in dicts would cost more than all the rest of the answer."""
    rows = list(found)
    chosen = scope.chosen.get("year")
    years = [chosen] if chosen else list(scope.plan.years)
    among = {} if _is_whole(scope, len(rows)) else {"indicator__in": [row[0] for row in rows]}
    planned, published = _milestones(scope, years, among), _newest(scope, years, among)
    tasks, departments = _tasks_of(scope, among)
    api, pages = scope.api, scope.pages
    shown = []
    for pk, area, code, title, definition, formula, unit, direction, kind, decimals, cumulative, *rest in rows:
        sex, age, disability, migrant, remarks, note = rest
        wanted = {"sex": sex, "age": age, "disability": disability, "migrant": migrant}
        indicator = {
            "id": f"{scope.plan.slug}/{area}/{code}",
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
            "links": {
                "self": f"{api}/indicators/{area}/{code}/",
                "html": f"{pages}/indicators/{area}/{code}/",
                "embed": f"{pages}/embed/indicators/{area}/{code}/",
                "area": f"{api}/areas/{area}/",
                "figures": f"{api}/figures/?area={area}&indicator={code}",
            },
        }
        by_year = ",".join(
            f'{{"year":{year},"milestone":{planned.get((pk, year), NO_MILESTONE)}'
            f',"figure":{published.get((pk, year), "null")}}}'
            for year in years
        )
        shown.append(f'{as_json(indicator)[:-1]},"years":[{by_year}]}}')
    return shown


def _is_whole(scope: Scope, shown: int) -> bool:
    """Whether all indicators of the plan are shown, so that what belongs to them need not be looked for by name."""
    narrowing = scope.chosen.keys() - {"year", "page", "page_size"}
    return not narrowing and scope.chosen.get("page", 1) == 1 and shown < scope.chosen.get("page_size", 0)


def _number(value: float | None) -> str:
    return "null" if value is None else repr(plain(value))


NO_MILESTONE = f'{{"value":null,"text":"","missing_reason":"{MissingReason.NONE_PLANNED.value}"}}'


def _milestones(scope: Scope, years: list[int], among: dict) -> dict[tuple[int, int], str]:
    """The planned values by indicator and year, as JSON. One query."""
    rows = Milestone.objects.filter(indicator__area__plan=scope.plan, year__in=years, **among).order_by()
    return {
        (pk, year): f'{{"value":{_number(value)},"text":{quoted(words)},"missing_reason":"{missing}"}}'
        for pk, year, value, words, missing in rows.annotate(number=Cast("value", FloatField())).values_list(
            "indicator_id", "year", "number", "text", "missing_reason"
        )
    }


def _newest(scope: Scope, years: list[int], among: dict) -> dict[tuple[int, int], str]:
    """The figures of the newest editions by indicator and year, as JSON with the fields of VALUES. Two queries."""
    publications = {
        pk: (year, f'{{"edition":{edition},"is_demo":{"true" if is_demo else "false"},"unit":')
        for pk, year, edition, is_demo in Publication.objects.of_plan(scope.plan)
        .latest_editions()
        .filter(round__year__in=years)
        .values_list("pk", "round__year", "edition", "round__is_demo")
    }
    found = {}
    rows = Figure.objects.filter(publication__in=list(publications), **among).order_by()
    for publication, pk, unit, *values in rows.annotate(unit=KT("inputs__unit"), **NUMBERS).values_list(
        "publication_id", "indicator_id", "unit", *VALUE_COLUMNS
    ):
        target, target_text, target_missing, actual, words, missing, rate, status, track = values
        year, beginning = publications[publication]
        found[pk, year] = (
            f'{beginning}{quoted(unit or "")},"target":{_number(target)},"target_text":{quoted(target_text)}'
            f',"target_missing":"{target_missing}","actual":{_number(actual)},"text":{quoted(words)}'
            f',"missing_reason":"{missing}","attainment":{_number(rate)},"status":"{status}","track":"{track}"}}'
        )
    return found


def _tasks_of(scope: Scope, among: dict) -> tuple[dict[int, list[str]], dict[int, dict[str, dict]]]:
    """Of each indicator its tasks and their departments, each once. One query."""
    tasks: dict[int, list[str]] = defaultdict(list)
    departments: dict[int, dict[str, dict]] = defaultdict(dict)
    for pk, area, code, slug, name in (
        Indicator.tasks.through.objects.filter(indicator__area__plan=scope.plan, **among)
        .order_by("task__target__goal__area__number", "task__sort_code")
        .values_list(
            "indicator_id",
            "task__target__goal__area__number",
            "task__code",
            "task__department__slug",
            "task__department__name",
        )
    ):
        tasks[pk].append(f"{scope.plan.slug}/{area}/{code}")
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


# --- figures

FIGURE_FIELDS = {
    "id": text(_("고유 이름: 계획/분야/번호/연도/판")),
    "indicator": text(_("지표의 고유 이름")),
    "area": whole(_("공표할 때의 분야 번호")),
    "code": text(_("공표할 때의 지표 번호")),
    "title": text(_("공표할 때의 지표 이름")),
    "unit": text(_("공표할 때의 단위")),
    "departments": array(text(_("이름")), _("공표할 때의 담당부서")),
    "year": whole(_("실적 연도")),
    "edition": whole(_("판")),
    "is_newest": flag(_("그해의 유효한 판인지")),
    "is_demo": flag(_("시범 자료인지")),
    "published_at": text(_("공표 일시"), format="date-time"),
    "method_version": text(_("판정 방법의 판")),
    **VALUES,
    "pace": or_null(number(_("추진 속도. 마지막 목표에 필요한 속도가 1이고, 계산할 수 없으면 null입니다."))),
    "explanation": text(_("설명")),
    "shortfall": text(_("부진 사유")),
    "next_steps": text(_("향후 계획")),
    "basis": text(_("산출근거")),
    "breakdowns": array(exact({"group": coded(BreakdownGroup, _("집단")), "value": number(_("값"))}), _("세분화한 값")),
    "links": links(self=SELF, html=_("왜 이 판정인지 알리는 화면"), indicator=_("지표"), report=_("이 판의 보고서")),
}


def find_figures(scope: Scope):
    chosen = scope.chosen
    figures = Figure.objects.filter(
        having_words(chosen.get("q"), "indicator__title", "indicator__code"),
        publication__round__plan=scope.plan,
        **matching(
            chosen,
            area="indicator__area__number",
            indicator="indicator__code",
            code="indicator__code",
            year="publication__round__year",
            status="status",
            track="track",
            kind="indicator__value_kind",
            is_demo="publication__round__is_demo",
        ),
    )
    of_tasks = matching(
        chosen, goal="target__goal__number", target="target__code", task="code", department="department__slug"
    )
    if of_tasks:
        figures = figures.filter(Exists(Task.objects.filter(indicators=OuterRef("indicator"), **of_tasks)))
    edition = chosen.get("edition", "")
    if edition == "":
        figures = figures.filter(publication__in=Publication.objects.latest_editions().values("pk"))
    elif edition != "all":
        figures = figures.filter(publication__edition=int(edition))
    return (
        figures.annotate(**NUMBERS)
        .order_by(
            "publication__round__year",
            "publication__edition",
            "indicator__area__number",
            "indicator__sort_code",
            "pk",
        )
        .values_list(
            "indicator__area__number",
            "indicator__code",
            "publication__round__year",
            "publication__edition",
            "publication__round__is_demo",
            "publication__published_at",
            "publication__method_version",
            "inputs",
            "pace",
            "explanation",
            "shortfall",
            "next_steps",
            "basis",
            *VALUE_COLUMNS,
        )
    )


def show_figures(scope: Scope, found) -> list[dict]:
    newest = dict(
        Publication.objects.of_plan(scope.plan).latest_editions().order_by().values_list("round__year", "edition")
    )
    api, pages, slug = scope.api, scope.pages, scope.plan.slug
    shown = []
    for area, code, year, edition, is_demo, at, method, inputs, pace, *rest in found:
        explanation, shortfall, next_steps, basis, *values = rest
        why = f"{pages}/indicators/{area}/{code}/why/{year}/"
        shown.append(
            {
                "id": f"{slug}/{area}/{code}/{year}/{edition}",
                "indicator": f"{slug}/{area}/{code}",
                "area": inputs["area"],
                "code": inputs["code"],
                "title": inputs["title"],
                "unit": inputs["unit"],
                "departments": inputs["departments"],
                "year": year,
                "edition": edition,
                "is_newest": newest[year] == edition,
                "is_demo": is_demo,
                "published_at": at.isoformat(),
                "method_version": method,
                **_values(values),
                "pace": plain(pace),
                "explanation": explanation,
                "shortfall": shortfall,
                "next_steps": next_steps,
                "basis": basis,
                "breakdowns": [
                    {"group": group, "value": plain(Decimal(value))} for group, value in inputs.get("breakdowns", [])
                ],
                "links": {
                    "self": f"{api}/figures/{area}/{code}/{year}/{edition}/",
                    "html": why if newest[year] == edition else f"{why}?edition={edition}",
                    "indicator": f"{api}/indicators/{area}/{code}/",
                    "report": f"{pages}/reports/{year}/{edition}/",
                },
            }
        )
    return shown


FIGURES = Resource(
    "figures",
    _("공표 수치"),
    _("공표한 목표, 실적, 판정. edition이 없으면 해마다 가장 새로운 판입니다."),
    FIGURE_FIELDS,
    key=(AREA, CODE, YEAR, Whole("edition", _("판"), example="1", largest=999)),
    filters=(
        AREA,
        GOAL,
        TARGET,
        TASK,
        INDICATOR,
        DEPARTMENT,
        YEAR,
        Parameter(
            "edition", _("판의 번호, 또는 모든 판(all)"), pattern="^(all|[1-9][0-9]{0,2})$", longest=3, example="all"
        ),
        choice("status", Status, _("판정")),
        choice("track", Track, _("궤도")),
        choice("kind", ValueKind, _("값의 종류")),
        IS_DEMO,
        WORDS,
    ),
    find=find_figures,
    show=show_figures,
)
