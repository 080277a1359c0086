"""The open-data tables of a plan: which there are, what they hold, and all of them as a data package."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from typing import BinaryIO

from commons.packages import LICENCE, Shape, package_bytes
from commons.read_model import kept
from commons.tables import SteadyZip, write_table
from indicators.figures.selectors import sdmx
from indicators.figures.selectors import tables as indicators
from indicators.models import Publication
from plans import selectors as plans
from plans.models import Plan
from stakeholders.selectors import tables as stakeholders

SDMX_PATH = "sdmx/figures.csv"
PACKAGE_NAME = "datapackage.json"
IN_MEMORY = 1 << 20  # bytes of a file that are kept in memory; what is larger goes through the disk


@dataclass(frozen=True)
class Table:
    """One tidy table; `rows` yields tuples in the order of `columns`."""

    shape: Shape
    rows: Callable[[Plan], Iterable[tuple]]

    @property
    def name(self) -> str:
        return self.shape.name

    @property
    def columns(self) -> list[str]:
        return self.shape.columns


TABLES = [
    Table(plans.AREAS, plans.area_table),
    Table(plans.GOALS, plans.goal_table),
    Table(plans.TARGETS, plans.target_table),
    Table(plans.TASKS, plans.task_table),
    Table(indicators.INDICATORS, indicators.indicator_table),
    Table(indicators.MILESTONES, indicators.milestone_table),
    Table(indicators.FIGURES, indicators.figure_table),
    Table(stakeholders.GROUPS, stakeholders.group_table),
    Table(stakeholders.OPINIONS, stakeholders.opinion_table),
    Table(stakeholders.REPLIES, stakeholders.reply_table),
]
SDMX = Table(sdmx.SDMX, sdmx.sdmx_table)


def counted_publications(plan: Plan) -> list[Publication]:
    """The editions that open data hold, newest first; demo rounds are left out."""
    return [publication for publication in all_publications(plan) if not publication.round.is_demo]


def all_publications(plan: Plan) -> list[Publication]:
    """All editions, newest first. Kept for each state of what is public."""

    def build():
        found = Publication.objects.of_plan(plan).select_related("round__plan")
        return list(found.order_by("-round__year", "-edition"))

    return kept(("all publications", plan.pk), build)


def temporary_file() -> BinaryIO:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


def package_of(plan: Plan, resources: list[dict]) -> bytes:
    """The datapackage.json of a plan with these resources."""
    publications = counted_publications(plan)
    descriptor = {
        "profile": "tabular-data-package",
        "name": plan.slug,
        "title": f"{plan.title} {plan.start_year}–{plan.end_year}",
        "description": plan.summary,
        "keywords": ["지속가능발전", "SDGs", "이행계획", "이행지표"],
        "licenses": [LICENCE],
        "contributors": [{"title": plan.municipality, "role": "publisher"}],
        "sources": [{"title": plan.source}] if plan.source else [],
        "publications": [sdmx.publication_facts(publication) for publication in publications],
        "resources": resources,
    }
    if publications:
        descriptor["version"] = f"{publications[0].round.year}.{publications[0].edition}"
    return package_bytes({key: value for key, value in descriptor.items() if value})


def write_files(plan: Plan) -> Iterator[tuple[str, BinaryIO, int]]:
    """Every CSV table and the SDMX file as (path, file at its beginning, rows), last the datapackage.json over them."""
    resources = []
    for table, path in [*((table, f"{table.name}.csv") for table in TABLES), (SDMX, SDMX_PATH)]:
        with temporary_file() as file:
            rows = write_table(file, "csv", table.columns, table.rows(plan))
            size = file.tell()
            file.seek(0)
            digest = file_digest(file, "sha256").hexdigest()
            resources.append(table.shape.resource(path, sha256=digest, size=size))
            file.seek(0)
            yield path, file, rows
    with temporary_file() as file:
        file.write(package_of(plan, resources))
        file.seek(0)
        yield PACKAGE_NAME, file, 0


def package_alone(plan: Plan) -> bytes:
    """The datapackage.json of a plan. The tables are written for their hashes and let go."""
    for path, file, _rows in write_files(plan):
        if path == PACKAGE_NAME:
            return file.read()
    raise AssertionError("a package has a description")


def write_zip(plan: Plan, target: BinaryIO) -> None:
    """All tables as CSV with their datapackage.json, and the SDMX file, as one ZIP that the same data always give."""
    with SteadyZip(target) as archive:
        for path, file, _rows in write_files(plan):
            archive.add(path, file)
