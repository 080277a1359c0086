"""Choosing what in the plan something means, in one list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Indicator
from plans.models import Area, Goal, Plan, Target, Task

EMPTY = {"area": None, "goal": None, "target": None, "task": None}


def _label(area_number: int, code: str, title: str) -> str:
    return f"{area_number}/{code} {title}"


class ReferenceField(forms.ChoiceField):
    """One of the areas, goals, targets and tasks of a plan; cleans to the fields of `Reference`."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.things: dict[str, dict] = {}

    def offer(self, plan: Plan) -> None:
        """Fill the list from *plan*, area by area. Four queries."""
        by_area: dict[int, list[tuple[str, str]]] = {}
        areas = {area.pk: area for area in Area.objects.filter(plan=plan)}
        for area in areas.values():
            key = f"area:{area.pk}"
            self.things[key] = EMPTY | {"area": area}
            by_area[area.pk] = [(key, _("%(number)d분야 전체") % {"number": area.number})]
        for goal in Goal.objects.filter(area__in=areas).order_by("area__number", "number"):
            label = _("목표 %(number)d. %(title)s") % {"number": goal.number, "title": goal.title}
            self._add(by_area, goal.area_id, areas, "goal", goal, label)
        for target in Target.objects.filter(goal__area__in=areas).select_related("goal").order_by("sort_code"):
            number = areas[target.goal.area_id].number
            label = _label(number, target.code, target.title)
            self._add(by_area, target.goal.area_id, areas, "target", target, label)
        for task in (
            Task.objects.filter(target__goal__area__in=areas).select_related("target__goal").order_by("sort_code")
        ):
            area_id = task.target.goal.area_id
            self._add(by_area, area_id, areas, "task", task, _label(areas[area_id].number, task.code, task.title))
        self.choices = [
            ("", _("계획 전체")),
            *((f"{area.number}. {area.title}", by_area[area.pk]) for area in areas.values()),
        ]

    def _add(self, by_area, area_id, areas, level, thing, label) -> None:
        key = f"{level}:{thing.pk}"
        self.things[key] = EMPTY | {"area": areas[area_id], level: thing}
        by_area[area_id].append((key, label))

    def clean(self, value) -> dict:
        key = super().clean(value)
        return self.things[key] if key else dict(EMPTY)

    @staticmethod
    def value_of(record) -> str:
        """The choice that stands for what a stored record means."""
        for level in ("task", "target", "goal", "area"):
            if pk := getattr(record, f"{level}_id"):
                return f"{level}:{pk}"
        return ""


class PlaceField(forms.ChoiceField):
    """The task or indicator in which a promise will show; cleans to the two fields of `Commitment`."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.things: dict[str, dict] = {}

    def offer(self, plan: Plan, department) -> None:
        """Fill the list from *plan*, the tasks and indicators of *department* first. Two queries."""
        own, others = [], []
        tasks = Task.objects.filter(target__goal__area__plan=plan).select_related("target__goal__area")
        for task in tasks.order_by("target__goal__area__number", "sort_code"):
            key = f"task:{task.pk}"
            self.things[key] = {"task": task, "indicator": None}
            row = (key, _("과제 %(label)s") % {"label": _label(task.target.goal.area.number, task.code, task.title)})
            (own if task.department_id == department.pk else others).append(row)
        indicators = Indicator.objects.of_plan(plan).select_related("area").prefetch_related("tasks")
        for indicator in indicators:
            key = f"indicator:{indicator.pk}"
            self.things[key] = {"task": None, "indicator": indicator}
            label = _label(indicator.area.number, indicator.code, indicator.title)
            row = (key, _("지표 %(label)s") % {"label": label})
            is_own = any(task.department_id == department.pk for task in indicator.tasks.all())
            (own if is_own else others).append(row)
        self.choices = [("", _("고르지 않음")), (department.name, own), (_("다른 부서"), others)]

    def clean(self, value) -> dict:
        key = super().clean(value)
        return self.things[key] if key else {"task": None, "indicator": None}

    @staticmethod
    def value_of(commitment) -> str:
        """The choice that stands for where a stored promise will show."""
        if commitment.task_id:
            return f"task:{commitment.task_id}"
        return f"indicator:{commitment.indicator_id}" if commitment.indicator_id else ""
