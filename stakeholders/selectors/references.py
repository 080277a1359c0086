"""Finding what in the plan a code means."""

import re
import unicodedata
from dataclasses import dataclass

from plans.models import Area, Goal, Plan, Target, Task

# The plan prints the last number of a task in a black circle, which no Unicode form makes a digit.
_BLACK_CIRCLES = {
    ord(mark): str(number) for marks in ("❶❷❸❹❺❻❼❽❾❿", "➊➋➌➍➎➏➐➑➒➓") for number, mark in enumerate(marks, 1)
}


@dataclass(frozen=True)
class Meant:
    """What a point means: at most one of goal, target and task, in its area."""

    area: Area | None = None
    goal: Goal | None = None
    target: Target | None = None
    task: Task | None = None

    @property
    def code(self) -> str:
        if self.task:
            return self.task.code
        if self.target:
            return self.target.code
        return str(self.goal.number) if self.goal else ""


def plain_code(text: str) -> str:
    """A code as the plan has it: `과제 2-1-➌` is `2-1-3`; '' when there is none, or more than one."""
    text = unicodedata.normalize("NFKC", text.translate(_BLACK_CIRCLES))
    codes = re.findall(r"\d+(?:\s*[-–]\s*\d+)*", text)
    return re.sub(r"\s*[-–]\s*", "-", codes[0]) if len(codes) == 1 else ""


class PlanIndex:
    """The areas, goals, targets and tasks of a plan by number and code. Four queries, whatever is asked of it."""

    def __init__(self, plan: Plan):
        self.areas: dict[int, Area] = {area.number: area for area in plan.areas.all()}
        self._by_code: dict[tuple[int, str], Meant] = {}
        places = {area.pk: area for area in self.areas.values()}
        for goal in Goal.objects.filter(area__plan=plan):
            self._keep(Meant(places[goal.area_id], goal=goal))
        for target in Target.objects.filter(goal__area__plan=plan).select_related("goal"):
            self._keep(Meant(places[target.goal.area_id], target=target))
        for task in Task.objects.of_plan(plan).select_related("target__goal"):
            self._keep(Meant(places[task.target.goal.area_id], task=task))

    def _keep(self, meant: Meant) -> None:
        self._by_code[(meant.area.number, meant.code)] = meant

    def area(self, text: str) -> Area | None:
        """The area that *text* begins with the number of: `3`, `3분야` or `3. 경제`."""
        found = re.match(r"\s*(\d{1,4})(?!\d|-)", text)
        return self.areas.get(int(found[1])) if found else None

    def meant_by(self, area: Area | None, text: str) -> Meant | None:
        """What the code in *text* means in *area*; None when there is no such code."""
        return self._by_code.get((area.number, plain_code(text))) if area else None
