"""The data check as people read it: every finding with its reason, its place and what was decided about it."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse

from indicators.checking.rules import CODES, find_all
from indicators.checking.rules.facts import AREA, GOAL, INDICATOR, TARGET, TASK, Finding, Subject
from indicators.checking.selectors.plan_facts import plan_facts
from indicators.checking.wording import LABELS, SUBJECT_LABELS, reason_in_words
from indicators.choices import CheckState
from indicators.models import CheckMark
from plans.models import Plan


@dataclass(frozen=True)
class CheckRow:
    """A finding with its words; `mark` is the last decision about it, whether it still counts or not."""

    finding: Finding
    title: str
    url: str
    mark: CheckMark | None

    @property
    def key(self) -> str:
        """Names the finding within its plan."""
        return f"{self.finding.code}:{self.finding.subject.key}"

    @property
    def token(self) -> str:
        """Names the finding as it was seen: with its values and the decision about it."""
        return f"{self.key}:{self.finding.fingerprint[:16]}:{self.mark.version if self.mark else 0}"

    @property
    def label(self) -> str:
        return str(LABELS[self.finding.code])

    @property
    def reason(self) -> str:
        return reason_in_words(self.finding)

    @property
    def place(self) -> str:
        """The subject in words, such as "지표 1/2-3-3-1"."""
        return f"{SUBJECT_LABELS[self.finding.subject.kind]} {self.finding.subject.number}"

    @property
    def state(self) -> CheckState:
        if self.mark is None:
            return CheckState.OPEN
        if self.mark.fingerprint != self.finding.fingerprint:
            return CheckState.OUTDATED
        return CheckState(self.mark.state)


def place_url(plan: Plan, subject: Subject) -> str:
    """The public page on which *subject* stands."""
    if subject.kind == INDICATOR:
        return reverse("indicators:indicator", args=[plan.slug, subject.area, subject.code])
    if subject.kind == TASK:
        return reverse("plans:task", args=[plan.slug, subject.area, subject.code])
    anchor = {AREA: "", GOAL: f"#goal-{subject.code}", TARGET: f"#target-{subject.code}"}[subject.kind]
    return reverse("plans:area", args=[plan.slug, subject.area]) + anchor


def check_rows(plan: Plan) -> list[CheckRow]:
    """All findings of *plan* as it stands now. At most fourteen queries."""
    facts = plan_facts(plan)
    marks = {(mark.code, mark.subject): mark for mark in CheckMark.objects.filter(plan=plan)}
    return [
        CheckRow(
            finding,
            facts.titles[finding.subject],
            place_url(plan, finding.subject),
            marks.get((finding.code, finding.subject.key)),
        )
        for finding in find_all(facts)
    ]


@dataclass(frozen=True)
class KindCount:
    """How many findings of a kind there are, and how many of them wait for a decision."""

    code: str
    label: str
    total: int
    undecided: int


def kind_counts(rows: list[CheckRow]) -> list[KindCount]:
    """The kinds that were found, in the order of the codes."""
    total = Counter(row.finding.code for row in rows)
    undecided = Counter(row.finding.code for row in rows if row.state in CheckState.undecided())
    return [KindCount(code, str(LABELS[code]), total[code], undecided[code]) for code in CODES if total[code]]
