"""What stands where in a report: the only place that arranges one."""

from django.utils.translation import gettext as _

from indicators.choices import ReportKind, Status
from indicators.figures.selectors.figures import Distribution
from indicators.reports.blocks import Bar, Column, Contents, Cover, Document, Facts, Heading, Paragraph, Table
from indicators.reports.documents import AreaPart, DepartmentPart, IndicatorPart, Report, TaskCard
from indicators.wording import NOTHING


def edition_of(report: Report) -> str:
    return _("%(year)d년 실적 %(edition)d판") % {"year": report.year, "edition": report.edition}


def demo_mark(report: Report) -> str:
    return _(" (시범)") if report.is_demo else ""


def document_of(report: Report, kind: ReportKind, scope: str) -> Document:
    """Arrange the report of *kind*; *scope* is one of `scopes_of`."""
    if kind == ReportKind.AREA:
        return area_summary(report, next(area for area in report.areas if str(area.number) == scope))
    if kind == ReportKind.DEPARTMENT:
        return department_summary(report, next(part for part in report.departments if part.slug == scope))
    if kind == ReportKind.TASK:
        return task_sheet(report, next(card for card in report.tasks if card.scope == scope))
    return full_report(report)


def full_report(report: Report) -> Document:
    title = _("%(year)d년 이행점검 보고서") % {"year": report.year} + demo_mark(report)
    document = Document(title, f"{report.plan_title} · {title}", report.is_demo)
    body = Document(title, "", report.is_demo)
    _add_summary(body, report)
    for area in report.areas:
        _add_area(body, report, area)
    _add_annexes(body, report)
    document.add(
        _cover(report, title),
        Contents([(b.text, b.level, b.anchor) for b in body.blocks if b.kind == "heading" and b.level <= 2]),
        *body.blocks,
    )
    return document


def _cover(report: Report, title: str) -> Cover:
    facts = [(_("공표일"), report.published_on)]
    if report.reason:
        facts.append((_("정정 사유"), report.reason))
    facts += [
        (_("판정 방법"), _("제%(version)s판") % {"version": report.method_version}),
        (_("수치의 지문(SHA-256)"), report.sha256),
        (_("계획의 출처"), report.source),
    ]
    return Cover(report.municipality, f"{report.plan_title} {report.plan_years}", title, edition_of(report), facts)


# --- distributions


def spread_columns(named: str) -> list[Column]:
    return [
        Column(named, 26),
        Column(_("지표"), 7, "number"),
        *[Column(str(status.label), 9, "number") for status in Status],
        Column(_("판정한 지표"), 12, "number"),
        Column(_("판정한 지표 중 달성"), 14, "number"),
    ]


def spread_row(name: str, distribution: Distribution) -> list[str]:
    """Counts, coverage as n/N, and the share of met, which is not shown below the coverage floor."""
    coverage = distribution.coverage
    return [
        name,
        str(distribution.total),
        *[str(distribution.counts[status]) for status in Status],
        f"{coverage.rated}/{coverage.total}",
        distribution.met_share or _("집계 안 함"),
    ]


# --- chapters


def _add_summary(document: Document, report: Report) -> None:
    figures = {
        "name": edition_of(report),
        "day": report.published_on,
        "areas": len(report.areas),
        "tasks": len(report.tasks),
        "indicators": len(report.indicators),
    }
    document.add(
        Heading(_("요약"), 1, "summary", new_page=True),
        Paragraph(
            _(
                "이 보고서는 %(day)s에 공표한 %(name)s의 수치로 만들었습니다. "
                "%(areas)d개 핵심전환분야의 이행과제 %(tasks)d개와 이행지표 %(indicators)d개를 모두 담았습니다."
            )
            % figures,
            "lead",
        ),
        Heading(_("판정의 분포와 판정한 지표"), 2, "summary-areas"),
        Bar(report.distribution),
        Table(
            spread_columns(_("핵심전환분야")),
            [
                *[spread_row(area.name, area.distribution) for area in report.areas],
                spread_row(_("전체"), report.distribution),
            ],
        ),
        Paragraph(
            _("판정한 지표가 전체의 %(floor)s보다 적으면 달성 비율을 셈하지 않습니다.") % {"floor": report.floor},
            "soft",
        ),
        Heading(_("가장 앞선 지표"), 2, "summary-ahead"),
        figure_table(report.ahead, with_area=True),
        Heading(_("도움이 필요한 지표"), 2, "summary-behind"),
        figure_table(report.behind, with_area=True),
    )
    if report.edition > 1:
        _add_corrections(document, report)
    document.add(
        Heading(_("부서별 판정"), 2, "summary-departments", new_page=True),
        Table(
            spread_columns(_("담당부서")),
            [spread_row(part.name, part.distribution) for part in report.departments],
        ),
        Paragraph(_("여러 부서가 함께 맡은 지표는 부서마다 세었습니다."), "soft"),
    )


def _add_corrections(document: Document, report: Report) -> None:
    document.add(
        Heading(_("앞선 판에서 바로잡은 수치"), 2, "summary-corrected"),
        Paragraph(_("정정 사유: %(reason)s") % {"reason": report.reason}),
        Table(
            [
                Column(_("분야"), 7, "number"),
                Column(_("번호"), 12, "code"),
                Column(_("이행지표"), 37),
                Column(_("항목"), 12),
                Column(_("이전"), 16),
                Column(_("정정"), 16),
            ],
            [
                [str(c.indicator.area_number), c.indicator.code, c.indicator.title, c.what, c.old, c.new]
                for c in report.corrected
            ],
            head=2,
        ),
    )


def figure_columns(*, with_area: bool = False) -> list[Column]:
    return [
        *([Column(_("분야"), 6, "number")] if with_area else []),
        Column(_("번호"), 10, "code"),
        Column(_("이행지표"), 28),
        Column(_("단위"), 7),
        Column(_("목표"), 12, "number"),
        Column(_("실적"), 13, "number"),
        Column(_("달성률"), 9, "number"),
        Column(_("판정"), 12, "verdict"),
        Column(_("담당부서"), 14),
    ]


def figure_row(part: IndicatorPart, *, with_area: bool = False) -> list:
    return [
        *([str(part.area_number)] if with_area else []),
        part.code,
        part.title,
        part.unit or NOTHING,
        part.target.text,
        part.actual.text,
        part.rate.text,
        part.status,
        ", ".join(part.departments),
    ]


def figure_table(parts: list[IndicatorPart], *, with_area: bool = False, caption: str = "") -> Table:
    """One row for each indicator: what most readers look for."""
    rows = [figure_row(part, with_area=with_area) for part in parts]
    return Table(figure_columns(with_area=with_area), rows, head=2 if with_area else 1, caption=caption)


def _add_area(document: Document, report: Report, area: AreaPart) -> None:
    document.add(
        Heading(_("분야 %(name)s") % {"name": area.name}, 1, f"area-{area.number}", new_page=True),
        Bar(area.distribution),
        Table(spread_columns(_("핵심전환분야")), [spread_row(area.name, area.distribution)], caption=_("판정의 분포")),
        figure_table(area.indicators, caption=_("이행지표")),
    )
    fresh = False  # whether only headings and short notes stand on the page so far
    for goal in area.goals:
        name = _("목표 %(number)d. %(title)s") % {"number": goal.number, "title": goal.title}
        document.add(Heading(name, 2, f"goal-{area.number}-{goal.number}", new_page=not fresh))
        fresh = True
        for target in goal.targets:
            name = _("세부목표 %(code)s %(title)s") % {"code": target.code, "title": target.title}
            document.add(Heading(name, 3, new_page=not fresh))
            fresh = True
            if not target.tasks:
                document.add(Paragraph(_("이 세부목표에는 계획에 담긴 이행과제가 없습니다."), "soft"))
            for card in target.tasks:
                document.add(Heading(f"{card.code} {card.title}", 4, f"task-{card.scope}", new_page=not fresh))
                _add_card(document, report, card, level=5)
                fresh = False


def _add_card(document: Document, report: Report, card: TaskCard, level: int) -> None:
    unsaid = _("보고서에 적힌 내용이 없습니다.")
    rows = [
        (_("담당"), f"{card.department} {card.team}".strip()),
        (_("추진목적"), card.purpose or unsaid),
        (_("추진내용"), card.contents or unsaid),
        (_("향후 추진계획"), card.future_plan or unsaid),
    ]
    document.add(Facts(rows + ([(_("유의사항"), card.note)] if card.note else [])))
    if not card.indicators:
        document.add(Paragraph(_("이 과제에는 따로 정한 지표가 없습니다."), "soft"))
    for part in card.indicators:
        _add_indicator(document, report, part, level)
    if card.budgets:
        document.add(Heading(_("예산"), level), _budget_table(card))


def _add_indicator(document: Document, report: Report, part: IndicatorPart, level: int) -> None:
    about = f"{_('단위')} {part.unit}, {part.direction}" if part.unit else part.direction
    years = [str(cells.year) for cells in part.years]
    document.add(
        Heading(_("지표 %(code)s %(title)s") % {"code": part.code, "title": part.title}, level),
        Paragraph(about, "soft"),
        Table(
            [Column(_("구분"), 15), *[Column(year, 17, "number") for year in years]],
            [
                [_("목표"), *[cells.target.text for cells in part.years]],
                [_("실적"), *[cells.actual.text for cells in part.years]],
                [_("달성률"), *[cells.rate.text for cells in part.years]],
                [_("판정"), *[cells.status or NOTHING for cells in part.years]],
            ],
        ),
    )
    told = [
        (_("%(year)d년 판정 근거") % {"year": report.year}, part.why),
        (_("성과와 설명"), part.explanation),
        (_("부진 사유"), part.shortfall),
        (_("향후 계획"), part.next_steps),
        (_("산출근거"), part.basis),
        (_("세분화"), part.breakdowns_in_words),
        (_("산식"), part.formula),
    ]
    document.add(Facts([(label, words) for label, words in told if words]))


def _budget_columns() -> list[Column]:
    return [
        Column(_("내용"), 30),
        Column(_("연도"), 8, "number"),
        Column(_("금액"), 14, "number"),
        Column(_("단위"), 8),
        Column(_("재원"), 22),
        Column(_("유의사항"), 18),
    ]


def _budget_row(line) -> list[str]:
    return [
        line.label or NOTHING,
        str(line.year),
        line.amount.text,
        line.unit,
        line.shares or NOTHING,
        line.note or NOTHING,
    ]


def _budget_table(card: TaskCard) -> Table:
    return Table(_budget_columns(), [_budget_row(line) for line in card.budgets])


# --- annexes


def _add_annexes(document: Document, report: Report) -> None:
    document.add(Heading(_("부록 1. 이행지표 총괄표"), 1, "annex-figures", new_page=True))
    for area in report.areas:
        document.add(
            Heading(area.name, 2, f"annex-{area.number}"),
            figure_table(area.indicators),
        )
    document.add(Heading(_("부록 2. 실적이 없는 지표와 사유"), 1, "annex-missing", new_page=True))
    if report.missing:
        document.add(figure_table(report.missing, with_area=True))
    else:
        document.add(Paragraph(_("모든 지표에 실적이 있습니다.")))
    document.add(
        Heading(_("부록 3. 예산이 적힌 과제"), 1, "annex-budgets", new_page=True),
        Table(
            [Column(_("과제"), 12, "code"), *_budget_columns()],
            [
                [f"{card.area_number} · {card.code}", *_budget_row(line)]
                for card in report.tasks
                for line in card.budgets
            ],
            head=1,
        ),
    )
    _add_method(document, report)


def _add_method(document: Document, report: Report) -> None:
    rates = [
        [_("높을수록 좋음"), _("실적 ÷ 목표")],
        [_("낮을수록 좋음"), _("2 − 실적 ÷ 목표")],
        [_("목표 수준에 가까울수록 좋음"), _("1 − |실적 − 목표| ÷ |목표|")],
    ]
    bands = [
        [Status.MET, _("달성률 %(met)s 이상") % report.bands],
        [Status.NEAR, _("달성률 %(near)s 이상 %(met)s 미만") % report.bands],
        [Status.SHORT, _("달성률 %(short)s 이상 %(near)s 미만") % report.bands],
        [Status.POOR, _("달성률 %(short)s 미만") % report.bands],
        [Status.UNRATED, _("실적이나 목표치가 없거나, 서술로 된 값에 담당자 판정이 없을 때")],
    ]
    document.add(
        Heading(_("부록 4. 판정 방법"), 1, "annex-method", new_page=True),
        Paragraph(_("판정 방법 제%(version)s판에 따랐습니다.") % {"version": report.method_version}),
        Table([Column(_("지표의 방향"), 40), Column(_("셈하는 법"), 60)], rates, caption=_("연도 목표 달성률")),
        Table([Column(_("판정"), 20, "verdict"), Column(_("기준"), 80)], bands, caption=_("판정")),
        Paragraph(
            _(
                "달성률은 소수 둘째 자리에서 버립니다. 등급은 목표 등급 이상이면 달성, 한 등급 모자라면 미흡, "
                "그보다 모자라면 부진입니다. 목표가 0이면 달성률 없이 실적이 0의 좋은 쪽에 있는지로 판정합니다. "
                "실적이 없는 것은 0이 아니며 판정하지 않습니다."
            )
        ),
    )


# --- single parts


def _part(report: Report, what: str, name: str, *, one_page: bool) -> Document:
    title = f"{what}: {name}{demo_mark(report)}"
    running = f"{report.plan_title} · {edition_of(report)}{demo_mark(report)}"
    document = Document(title, running, report.is_demo, one_page=one_page)
    document.add(Paragraph(what, "eyebrow"), Heading(name, 1))
    return document


def _published(report: Report) -> str:
    facts = {"name": edition_of(report), "day": report.published_on}
    return _("%(name)s (%(day)s 공표)") % facts


def _summary(report: Report, what: str, name: str, part: AreaPart | DepartmentPart, named: str, *, with_area: bool):
    document = _part(report, what, name, one_page=True)
    counts = {"tasks": len(part.tasks), "indicators": len(part.indicators), "published": _published(report)}
    document.add(
        Paragraph(_("과제 %(tasks)d개, 지표 %(indicators)d개. %(published)s") % counts, "lead"),
        Bar(part.distribution),
        Table(spread_columns(named), [spread_row(name, part.distribution)], caption=_("판정의 분포")),
        figure_table(part.indicators, with_area=with_area, caption=_("이행지표")),
    )
    return document


def area_summary(report: Report, area: AreaPart) -> Document:
    return _summary(report, _("핵심전환분야 요약"), area.name, area, _("핵심전환분야"), with_area=False)


def department_summary(report: Report, part: DepartmentPart) -> Document:
    return _summary(report, _("부서 요약"), part.name, part, _("담당부서"), with_area=True)


def task_sheet(report: Report, card: TaskCard) -> Document:
    document = _part(report, _("이행과제 카드"), f"{card.code} {card.title}", one_page=False)
    document.add(
        Paragraph(_published(report), "lead"),
        Facts(
            [
                (_("핵심전환분야"), f"{card.area_number}. {card.area_title}"),
                (_("목표"), card.goal),
                (_("세부목표"), card.target),
            ]
        ),
    )
    _add_card(document, report, card, level=2)
    return document
