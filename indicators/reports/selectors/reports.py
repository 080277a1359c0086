"""A publication as the tree that all report formats are written from, and what can be reported of it."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Department
from commons.values import format_number
from indicators.choices import Direction, ReportKind
from indicators.figures.selectors.figures import Distribution, YearRow, corrections, series_of
from indicators.models import Figure, Indicator, Job, Publication
from indicators.reports.documents import (
    AreaPart,
    BudgetLine,
    Cell,
    CorrectedValue,
    DepartmentPart,
    GoalPart,
    IndicatorPart,
    Report,
    TargetPart,
    TaskCard,
    YearCells,
)
from indicators.wording import NOTHING, percent
from plans.models import Area, Budget, Goal, Task

SHORT_LIST = 5


def publications_beside(publication: Publication) -> list[Publication]:
    """*publication* after the editions of earlier years that were the newest when it was published."""
    earlier = (
        Publication.objects.of_plan(publication.round.plan)
        .filter(round__year__lt=publication.round.year, published_at__lte=publication.published_at)
        .select_related("round")
        .order_by("round__year", "edition")
    )
    newest = {p.round_id: p for p in earlier}
    return [*newest.values(), publication]


def rate_cell(rate: Decimal | None) -> Cell:
    """A rate as pages write it, and the same cut number for spreadsheets."""
    words = percent(rate)
    return Cell(words, Decimal(words.rstrip("%").replace(",", "")) / 100) if words else Cell(NOTHING)


def report_of(publication: Publication) -> Report:
    """Read all that a report of *publication* holds. The number of queries does not grow with the rows.

    Figures, titles, units, directions and departments are those of the edition; tasks, budgets and the targets of
    years without a publication are the plan's.
    """
    plan = publication.round.plan
    indicators = _indicator_parts(publication)
    cards = _task_cards(plan, indicators)
    figures = list(indicators.values())

    def spread(parts) -> Distribution:
        return Distribution.of([part.status for part in parts], plan.coverage_floor)

    # Like FigureBoard.ranked: best rates first, equal ones in the order of the ids.
    rated = [(part, pk) for pk, part in indicators.items() if part.attainment is not None]
    ranked = [part for part, _pk in sorted(rated, key=lambda pair: (-pair[0].attainment, pair[1]))]
    bands = Figure.objects.filter(publication=publication).values_list("inputs__bands", flat=True).first()
    bands = bands or {"met": plan.band_met, "near": plan.band_near, "short": plan.band_short}
    return Report(
        municipality=plan.municipality,
        plan_title=plan.title,
        plan_years=f"{plan.start_year}–{plan.end_year}",
        source=plan.source,
        year=publication.round.year,
        edition=publication.edition,
        published_on=date_format(timezone.localtime(publication.published_at), "Y-m-d"),
        reason=publication.reason,
        method_version=publication.method_version,
        sha256=publication.sha256,
        is_demo=publication.round.is_demo,
        bands={name: percent(Decimal(rate), 0) for name, rate in bands.items()},
        floor=percent(plan.coverage_floor),
        distribution=spread(figures),
        areas=_area_parts(plan, cards, figures, spread),
        departments=_department_parts(publication, cards, figures, spread),
        ahead=ranked[:SHORT_LIST],
        behind=ranked[: -SHORT_LIST - 1 : -1],
        corrected=[
            CorrectedValue(indicators[correction.indicator.pk], what, old, new)
            for correction in corrections(plan)
            if correction.publication.pk == publication.pk
            for what, old, new in correction.changes
        ],
    )


def _indicator_parts(publication: Publication) -> dict[int, IndicatorPart]:
    """The parts of all figures of *publication* in their order, by the indicator's id."""
    shown = Indicator.objects.filter(figures__publication=publication).select_related("area__plan")
    shown = list(shown.prefetch_related("milestones"))
    series = series_of(shown, publications_beside(publication))
    return {
        indicator.pk: _indicator_part(indicator, series[indicator.pk].rows, publication.round.year)
        for indicator in shown
    }


def _indicator_part(indicator: Indicator, rows: list[YearRow], year: int) -> IndicatorPart:
    row = next(row for row in rows if row.year == year)
    figure, years = row.figure, [_year_cells(row) for row in rows]
    cells = next(cells for cells in years if cells.year == year)
    return IndicatorPart(
        area_number=figure.inputs["area"],
        code=figure.inputs["code"],
        title=figure.inputs["title"],
        unit=figure.inputs["unit"],
        direction=str(Direction(figure.inputs["direction"]).label),
        departments=row.departments,
        target=cells.target,
        actual=cells.actual,
        rate=cells.rate,
        status=row.status,
        why=row.why,
        is_missing=bool(figure.actual_missing),
        explanation=row.explanation,
        shortfall=row.shortfall,
        next_steps=row.next_steps,
        basis=row.basis,
        breakdowns=row.breakdowns,
        formula=indicator.formula,
        attainment=figure.attainment,
        years=years,
    )


def _year_cells(row: YearRow) -> YearCells:
    figure = row.figure
    return YearCells(
        year=row.year,
        target=Cell(row.target, row.target_number),
        actual=Cell(row.actual, figure.actual_value) if figure else Cell(_("미공표")),
        rate=rate_cell(figure.attainment if figure else None),
        status=row.status,
    )


def _task_cards(plan, indicators: dict[int, IndicatorPart]) -> dict[int, TaskCard]:
    """The cards of all tasks of *plan* in their order, by the task's id."""
    tasks = (
        Task.objects.of_plan(plan)
        .select_related("department", "team", "target__goal__area")
        .prefetch_related(
            Prefetch("indicators", Indicator.objects.only("pk", "area__number", "sort_code").order_by("sort_code")),
            Prefetch("budgets", Budget.objects.prefetch_related("shares")),
        )
    )
    return {task.pk: _task_card(task, indicators) for task in tasks}


def _task_card(task: Task, indicators: dict[int, IndicatorPart]) -> TaskCard:
    parts = [indicators[i.pk] for i in task.indicators.all() if i.pk in indicators]
    department = department_then(task.department.name, [part.departments for part in parts])
    goal = task.target.goal
    return TaskCard(
        area_number=goal.area.number,
        area_title=goal.area.title,
        goal=f"{goal.number}. {goal.title}",
        target=f"{task.target.code} {task.target.title}",
        code=task.code,
        title=task.title,
        department=department,
        team=task.team.name if task.team and department == task.department.name else "",
        purpose=task.purpose,
        contents=task.contents,
        future_plan=task.future_plan,
        note=task.note,
        indicators=parts,
        budgets=[_budget_line(budget) for budget in task.budgets.all()],
    )


def department_then(now: str, then: list[list[str]]) -> str:
    """The department in charge of a task at publication.

    *now* is its present name, *then* the departments of each of its indicators as they were published. A task whose
    department has another name by now goes by what its indicators say.
    """
    named = list(dict.fromkeys(name for names in then for name in names))
    return now if now in named or not named else ", ".join(named)


def _budget_line(budget: Budget) -> BudgetLine:
    unit = budget.get_unit_display()

    def share_in_words(share) -> str:
        words = [share.get_source_display()]
        if share.percent is not None:
            words.append(f"{format_number(share.percent)}%")
        if share.amount is not None:
            words.append(f"{format_number(share.amount)}{unit}")
        return " ".join(words)

    return BudgetLine(
        year=budget.year,
        label=budget.label,
        amount=Cell(format_number(budget.amount), budget.amount),
        unit=unit,
        shares=", ".join(map(share_in_words, budget.shares.all())),
        note=budget.note,
    )


def _area_parts(plan, cards: dict[int, TaskCard], figures: list[IndicatorPart], spread) -> list[AreaPart]:
    by_target = defaultdict(list)
    for target_id, pk in Task.objects.of_plan(plan).values_list("target_id", "pk"):
        by_target[target_id].append(cards[pk])
    goals = defaultdict(list)
    for goal in Goal.objects.filter(area__plan=plan).prefetch_related("targets"):
        targets = [TargetPart(t.code, t.title, by_target[t.pk]) for t in goal.targets.all()]
        goals[goal.area_id].append(GoalPart(goal.number, goal.title, targets))
    parts = []
    for area in Area.objects.filter(plan=plan):
        own = [figure for figure in figures if figure.area_number == area.number]
        parts.append(AreaPart(area.number, area.title, goals[area.pk], own, spread(own)))
    return parts


def _department_parts(publication, cards: dict[int, TaskCard], figures: list[IndicatorPart], spread):
    parts = []
    for slug, name in departments_of_publication(publication).items():
        own = [figure for figure in figures if name in figure.departments]
        tasks = [card for card in cards.values() if name in card.department.split(", ")]
        parts.append(DepartmentPart(slug, name, tasks, own, spread(own)))
    return parts


def departments_of_publication(publication: Publication) -> dict[str, str]:
    """Slug and name of the departments that *publication* names, in the order of their names.

    Of several departments that had one name in turn, the one of the day of publication counts.
    """
    lists = Figure.objects.filter(publication=publication).values_list("inputs__departments", flat=True)
    names = {name for departments in lists for name in departments}
    named = Department.objects.filter(name__in=names)
    day = timezone.localdate(publication.published_at)
    found = {d.name: d for d in named.order_by("pk")} | {d.name: d for d in named.valid_on(day)}
    return {found[name].slug: name for name in sorted(found)}


# --- what can be made of a publication, and what was made


def scopes_of(publication: Publication, kind: ReportKind) -> dict[str, str]:
    """What a report of *kind* can be about: the part's name by its scope. Nothing else is ever made."""
    plan = publication.round.plan
    if kind == ReportKind.AREA:
        return {str(a.number): f"{a.number}. {a.title}" for a in Area.objects.filter(plan=plan)}
    if kind == ReportKind.DEPARTMENT:
        return departments_of_publication(publication)
    if kind == ReportKind.TASK:
        tasks = Task.objects.of_plan(plan).values_list("target__goal__area__number", "code", "title")
        return {f"{number}/{code}": f"{code} {title}" for number, code, title in tasks}
    return {"": ""}


def jobs_of(publications) -> dict[tuple[int, str, str], Job]:
    """The jobs of the present form, by publication, kind and scope."""
    jobs = Job.objects.of_present_form().filter(publication__in=publications)
    return {(job.publication_id, job.kind, job.scope): job for job in jobs}


def title_of_report(publication: Publication, kind: ReportKind, part: str) -> str:
    """What a report is called, on its page and as a file; *part* is the name of what it is about."""
    name = {
        ReportKind.AREA: _("핵심전환분야 요약"),
        ReportKind.DEPARTMENT: _("부서 요약"),
        ReportKind.TASK: _("이행과제 카드"),
    }.get(kind, _("이행점검 보고서"))
    edition = _("%(year)d년 %(edition)d판") % {"year": publication.round.year, "edition": publication.edition}
    return " ".join(filter(None, [edition, name, part])) + (_(" (시범)") if publication.round.is_demo else "")
