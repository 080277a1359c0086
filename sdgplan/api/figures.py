"""Figures of all editions, and what the values of a figure are called."""

from decimal import Decimal

from django.db.models import Exists, FloatField, OuterRef
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from indicators.choices import BreakdownGroup, MissingReason, Status, Track, ValueKind
from indicators.models import Figure, Publication
from plans.models import Task
from sdgplan.api.parameters import (
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
from sdgplan.api.plan import SELF
from sdgplan.api.resources import (
    Resource,
    Scope,
    array,
    coded,
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
