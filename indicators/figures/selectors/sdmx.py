"""Published figures for statistical systems: SDMX-CSV 2.0, one observation for each indicator and year."""

from django.utils import timezone

from commons.packages import Field, Shape, required
from indicators.choices import MissingReason
from indicators.figures.selectors.tables import CHUNK, YEAR, figures_of, in_words, newest_figures
from indicators.models import Publication
from plans.models import Plan

STRUCTURE_ID = "SDGPLAN:DF_FIGURES(1.0)"
NORMAL, IN_WORDS = "A", "O"
# Codes of the cross-domain list CL_OBS_STATUS for what has no number.
OBS_STATUS = {
    MissingReason.NONE_PLANNED: "O",
    MissingReason.SOURCE_PENDING: "O",
    MissingReason.SURVEY_CYCLE: "M",
    MissingReason.PROJECT_ENDED: "M",
    MissingReason.FORMULA_CHANGED: "O",
    MissingReason.NOT_DISCLOSED: "Q",
    MissingReason.NOT_SUBMITTED: "L",
}

SDMX = Shape(
    "sdmx-figures",
    "공표 수치 (SDMX-CSV)",
    "해마다 가장 새로운 판의 수치를 SDMX-CSV 2.0의 열로 적은 표",
    (
        Field("STRUCTURE", "string", "구조의 종류", constraints=required(enum=["dataflow"])),
        Field("STRUCTURE_ID", "string", "구조의 이름", constraints=required()),
        Field("ACTION", "string", "동작", "I 정보", constraints=required(enum=["I"])),
        Field("REF_AREA", "string", "지역", "행정구역 코드. 없으면 계획의 주소용 이름", constraints=required()),
        Field("INDICATOR", "string", "지표", "분야 번호와 지표 번호를 _로 이음. 예: 1_2-1-3-1", constraints=required()),
        Field("TIME_PERIOD", YEAR.type, YEAR.title, constraints=required()),
        Field("OBS_VALUE", "number", "실적", "숫자가 아니거나 없으면 비어 있음", "UNIT_MEASURE"),
        Field("UNIT_MEASURE", "string", "단위", "공표할 때의 단위. 없으면 비어 있음"),
        Field(
            "OBS_STATUS",
            "string",
            "값의 상태",
            "A 정상, L 미제출, M 있을 수 없음, O 숫자로 된 값이 없음, Q 비공개",
            constraints=required(enum=["A", "L", "M", "O", "Q"]),
        ),
        Field(
            "COMMENT_OBS",
            "string",
            "덧붙임",
            f"글로 된 실적, 또는 값이 없는 까닭: {in_words(MissingReason)}",
        ),
    ),
    primary_key=("REF_AREA", "INDICATOR", "TIME_PERIOD"),
)


def sdmx_table(plan: Plan):
    """The newest edition of each year; demo rounds are left out."""
    return sdmx_rows(plan, newest_figures(plan) & figures_of(plan))


def sdmx_rows(plan: Plan, figures):
    """The figures of a query as rows under the columns of SDMX, by year, area and code."""
    ref_area = plan.area_code or plan.slug
    rows = figures.order_by("publication__round__year", "indicator__area__number", "indicator__sort_code").values_list(
        "inputs__area",
        "inputs__code",
        "publication__round__year",
        "actual_value",
        "inputs__unit",
        "actual_text",
        "actual_missing",
    )
    for area, code, year, value, unit, text, missing in rows.iterator(chunk_size=CHUNK):
        status = NORMAL if value is not None else OBS_STATUS[MissingReason(missing)] if missing else IN_WORDS
        indicator = f"{area}_{code}"
        yield "dataflow", STRUCTURE_ID, "I", ref_area, indicator, year, value, unit, status, text or missing


def publication_facts(publication: Publication) -> dict:
    """What a data package says about an edition."""
    return {
        "year": publication.round.year,
        "edition": publication.edition,
        "published_at": timezone.localtime(publication.published_at).isoformat(timespec="seconds"),
        "reason": publication.reason,
        "method_version": publication.method_version,
        "sha256": publication.sha256,
    }
