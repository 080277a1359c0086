"""One edition as it was published: its record on a page, what it changed, and the files that are kept of it.

Everything is read from the frozen figures and their inputs. What is renamed or moved in the plan later changes nothing.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from commons.codes import sort_code
from commons.packages import LICENCE, Shape, package_bytes, sha256_of
from commons.tables import FORMATS, table_bytes
from indicators.choices import Status
from indicators.figures.selectors.figures import figure_changes
from indicators.figures.selectors.sdmx import SDMX, publication_facts, sdmx_rows
from indicators.figures.selectors.tables import (
    DEMO,
    DEPARTMENTS,
    DIRECTION,
    FIGURES,
    INDICATORS,
    TITLE,
    UNIT,
    VALUE_KIND,
    figure_rows,
    with_demo,
)
from indicators.models import Figure, Publication, PublishedFile
from indicators.wording import format_value, percent

DEMO_PREFIX = "demo-"
PACKAGE = "datapackage.json"

# The indicators of an edition: as INDICATORS, but for the tasks, which a figure does not keep.
EDITION_INDICATORS = Shape(
    "indicators",
    "이행지표",
    "공표할 때의 지표명, 단위, 방향과 담당부서",
    (*INDICATORS.fields[:2], TITLE, UNIT, DIRECTION, VALUE_KIND, DEPARTMENTS),
    primary_key=("area_no", "indicator_code"),
)
EDITION_FIGURES = Shape(
    FIGURES.name,
    FIGURES.title,
    "이 공표본의 지표마다 한 줄",
    FIGURES.fields,
    FIGURES.primary_key,
    ((("area_no", "indicator_code"), "indicators", ("area_no", "indicator_code")),),
)


def _in_order(rows, code_of=lambda row: (row[0], row[1])) -> list[tuple]:
    """Rows by area and code as they were published, whatever the codes are now."""

    def key(row):
        area, code = code_of(row)
        return area, sort_code(code)

    return sorted(rows, key=key)


def _sdmx_code(row) -> tuple[int, str]:
    area, _underscore, code = row[4].partition("_")
    return int(area), code


def _indicator_rows(figures):
    names = ("area", "code", "title", "unit", "direction", "kind", "departments")
    for *known, departments in figures.values_list(*(f"inputs__{name}" for name in names)):
        yield (*known, ";".join(departments))


def build_files(publication: Publication) -> list[PublishedFile]:
    """The unsaved files of an edition, the description last. The same edition gives the same bytes.

    Those of a demo say so in their names and in each row.
    """
    plan, figures = publication.round.plan, Figure.objects.filter(publication=publication)
    tables = [
        (EDITION_FIGURES, _in_order(figure_rows(figures)), list(FORMATS)),
        (EDITION_INDICATORS, _in_order(_indicator_rows(figures)), list(FORMATS)),
        (SDMX, _in_order(sdmx_rows(plan, figures), _sdmx_code), ["csv"]),
    ]
    prefix = DEMO_PREFIX if publication.round.is_demo else ""
    files, resources = [], []
    for shape, rows, suffixes in tables:
        if publication.round.is_demo:
            shape, rows = shape.with_field(DEMO), list(with_demo(rows))
        stem = prefix + ("sdmx" if shape.name == SDMX.name else shape.name)
        for suffix in suffixes:
            content = table_bytes(suffix, shape.columns, rows, sheet=stem)
            files.append(_file(publication, f"{stem}.{suffix}", FORMATS[suffix].content_type, content))
            if suffix == "csv":
                resources.append(shape.resource(files[-1].name, sha256=files[-1].sha256, size=files[-1].size))
    description = package_bytes(_package(publication, resources))
    files.append(_file(publication, prefix + PACKAGE, FORMATS["json"].content_type, description))
    return files


def _file(publication: Publication, name: str, content_type: str, content: bytes) -> PublishedFile:
    return PublishedFile(
        publication=publication,
        name=name,
        content_type=content_type,
        content=content,
        size=len(content),
        sha256=sha256_of(content),
    )


def _package(publication: Publication, resources: list[dict]) -> dict:
    plan, facts = publication.round.plan, publication_facts(publication)
    mark = " (시범)" if publication.round.is_demo else ""
    return {
        "profile": "tabular-data-package",
        "name": f"{plan.slug}-{facts['year']}-{facts['edition']}" + ("-demo" if mark else ""),
        "title": f"{plan.title} {publication}{mark}",
        "description": "시범 자료이며 실제 실적이 아닙니다." if mark else "한 번 공표하면 바뀌지 않는 공표본입니다.",
        "version": f"{facts['year']}.{facts['edition']}",
        "created": facts["published_at"],
        "licenses": [LICENCE],
        "contributors": [{"title": plan.municipality, "role": "publisher"}],
        "sources": [{"title": plan.municipality}],
        "publication": facts | {"is_demo": bool(mark)},
        "resources": resources,
    }


# --- the record of an edition on its page


@dataclass(frozen=True)
class RecordRow:
    """One figure of an edition in the words of its page."""

    area: int
    code: str
    title: str
    departments: str
    unit: str
    target: str
    target_number: bool  # whether it is a number, which has a unit
    actual: str
    actual_number: bool
    rate: str
    status: Status


@dataclass(frozen=True)
class EditionChange:
    """A figure that differs from the edition before; `changes` are (what, old, new) in words."""

    area: int
    code: str
    title: str
    changes: list[tuple[str, str, str]]


def _figures(publication: Publication) -> list[Figure]:
    """The figures of an edition by area and code as they were published. One query."""
    return sorted(publication.figures.all(), key=lambda f: (f.inputs["area"], sort_code(f.inputs["code"])))


def record_of(publication: Publication) -> tuple[list[RecordRow], list[EditionChange] | None]:
    """All figures of an edition, and what it changed: None in the first edition, which has none before. Two queries."""
    figures = _figures(publication)
    rows = [
        RecordRow(
            area=figure.inputs["area"],
            code=figure.inputs["code"],
            title=figure.inputs["title"],
            departments=", ".join(figure.inputs["departments"]),
            unit=figure.inputs["unit"],
            target=format_value(figure.target, "", figure.inputs["decimals"]),
            target_number=figure.target_value is not None,
            actual=format_value(figure.actual, "", figure.inputs["decimals"]),
            actual_number=figure.actual_value is not None,
            rate=percent(figure.attainment),
            status=Status(figure.status),
        )
        for figure in figures
    ]
    if publication.edition == 1:
        return rows, None
    before = Figure.objects.filter(
        publication__round=publication.round_id, publication__edition=publication.edition - 1
    )
    old = {figure.indicator_id: figure for figure in before}
    changes = []
    for figure in figures:
        found = (
            figure_changes(old[figure.indicator_id], figure)
            if figure.indicator_id in old
            else [(_("지표"), "–", _("이 판에 새로 실림"))]
        )
        if found:
            inputs = figure.inputs
            changes.append(EditionChange(inputs["area"], inputs["code"], inputs["title"], found))
    return rows, changes
