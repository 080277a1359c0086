"""What a reorganisation of departments would do, told before it is done."""

import hashlib
from dataclasses import dataclass
from datetime import date

from accounts.models import Department
from indicators.choices import ResultState, RoundState
from indicators.models import Assignment, Indicator, Result, RoundExtension
from plans.models import Task
from plans.services import Part


@dataclass(frozen=True)
class PartPreview:
    """What a department to be would hold."""

    name: str
    slug: str
    tasks: int
    indicators: int
    teams: list[str]
    people: list[str]


@dataclass(frozen=True)
class ReorganisationPreview:
    """All that would change. `fingerprint` is the same as long as nothing of it changed."""

    old: list[Department]
    parts: list[PartPreview]
    on: date
    merged_teams: list[str]
    tasks_without_team: list[Task]
    results_in_progress: int
    extensions: list[RoundExtension]
    desks_ended: list[Assignment]
    fingerprint: str


def moving_extensions(departments: list[Department]):
    """Extensions that still count: those of rounds that are not published."""
    return (
        RoundExtension.objects.filter(department__in=departments)
        .exclude(round__state=RoundState.PUBLISHED)
        .select_related("round", "department")
    )


def ending_desks(parts: list[Part]) -> list[Assignment]:
    """Assignments whose officer would go to another part than all tasks of the indicator. Two queries."""
    part_of_task = {task.pk: number for number, part in enumerate(parts) for task in part.tasks}
    part_of_person = {person.pk: number for number, part in enumerate(parts) for person in part.people}
    assignments = (
        Assignment.objects.filter(user__in=list(part_of_person))
        .select_related("indicator__area", "user")
        .prefetch_related("indicator__tasks")
    )
    return [
        assignment
        for assignment in assignments
        if part_of_person[assignment.user_id]
        not in {part_of_task.get(task.pk) for task in assignment.indicator.tasks.all()}
    ]


def preview_of(old: list[Department], parts: list[Part], on: date) -> ReorganisationPreview:
    """What it means to turn *old* into *parts* on the day *on*. Six queries and one for each part."""
    tasks = [task.pk for part in parts for task in part.tasks]
    previews, merged, without_team = [], [], []
    for part in parts:
        names = [team.name for team in part.teams]
        merged += sorted({name for name in names if names.count(name) > 1})
        taken = {team.pk for team in part.teams}
        without_team += [task for task in part.tasks if task.team_id and task.team_id not in taken]
        previews.append(
            PartPreview(
                part.name,
                part.slug,
                tasks=len(part.tasks),
                indicators=Indicator.objects.filter(tasks__in=part.tasks).distinct().count(),
                teams=list(dict.fromkeys(names)),
                people=[str(person) for person in part.people],
            )
        )
    in_progress = (
        Result.objects.filter(indicator__tasks__in=tasks, state__in=set(ResultState) - {ResultState.APPROVED})
        .exclude(round__state=RoundState.PUBLISHED)
        .distinct()
    )
    extensions = list(moving_extensions(old))
    desks = ending_desks(parts)
    content = [
        on.isoformat(),
        sorted(department.pk for department in old),
        [
            (
                part.name,
                part.slug,
                sorted(task.pk for task in part.tasks),
                sorted(team.pk for team in part.teams),
                sorted(person.pk for person in part.people),
            )
            for part in parts
        ],
        sorted((extension.pk, extension.until.isoformat()) for extension in extensions),
        sorted(desk.pk for desk in desks),
    ]
    return ReorganisationPreview(
        old=old,
        parts=previews,
        on=on,
        merged_teams=merged,
        tasks_without_team=without_team,
        results_in_progress=in_progress.count(),
        extensions=extensions,
        desks_ended=desks,
        fingerprint=hashlib.sha256(repr(content).encode()).hexdigest(),
    )
