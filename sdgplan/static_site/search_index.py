"""What the search of a static edition looks through: the words of plan, indicators, departments and points."""

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from commons.text import search_words
from indicators.models import Indicator
from plans.models import Area, Goal, Plan, Target, Task
from plans.selectors import departments_of
from stakeholders.models import Opinion, StakeholderGroup


def entries_of(plan: Plan, file_of: Callable[[str], str]) -> Iterator[list[str]]:
    """Rows of kind, code, title, file and words to look through, in the order in which they are shown.

    *file_of* gives the file of an address, "" where the edition has none; such rows are left out.
    """
    for kind, code, title, address, words in _rows(plan):
        name = file_of(address.partition("#")[0])
        if name:
            fragment = address.partition("#")[2]
            yield [
                kind,
                code,
                title,
                f"{name}#{fragment}" if fragment else name,
                " ".join(search_words(words, limit=10_000)).lower(),
            ]


def _rows(plan: Plan):
    for area in Area.objects.filter(plan=plan).select_related("plan"):
        yield _("분야·목표"), str(area.number), area.title, area.get_absolute_url(), area.title
    for goal in Goal.objects.filter(area__plan=plan).select_related("area__plan"):
        address = f"{goal.area.get_absolute_url()}#goal-{goal.number}"
        yield _("분야·목표"), f"{goal.area.number}/{goal.number}", goal.title, address, goal.title
    for target in Target.objects.filter(goal__area__plan=plan).select_related("goal__area__plan"):
        area = target.goal.area
        address = f"{area.get_absolute_url()}#target-{target.code}"
        yield _("분야·목표"), f"{area.number}/{target.code}", target.title, address, target.title
    for task in Task.objects.of_plan(plan).select_related("target__goal__area__plan"):
        words = f"{task.title} {task.purpose} {task.contents} {task.future_plan} {task.code}"
        code = f"{task.target.goal.area.number}/{task.code}"
        yield _("이행과제"), code, task.title, task.get_absolute_url(), words
    for indicator in Indicator.objects.of_plan(plan).select_related("area__plan"):
        words = f"{indicator.title} {indicator.definition} {indicator.formula} {indicator.code}"
        code = f"{indicator.area.number}/{indicator.code}"
        yield _("이행지표"), code, indicator.title, indicator.get_absolute_url(), words
    for department in departments_of(plan).prefetch_related("teams"):
        words = " ".join([department.name, *(team.name for team in department.teams.all())])
        yield _("담당부서"), "", department.name, reverse("plans:department", args=[plan.slug, department.slug]), words
    for group in StakeholderGroup.objects.filter(plan=plan).select_related("plan"):
        yield _("의견과 답변"), "", group.name, group.get_absolute_url(), group.name
    points = Opinion.objects.published(plan).select_related("paper__group__plan", "paper__deliberation")
    for point in points:
        yield _("의견과 답변"), point.paper.group.name, point.summary, point.get_absolute_url(), point.summary
