"""The data check as people read it: every finding with its reason, its place and what was decided about it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from commons.addresses import address
from commons.read_model import kept
from indicators.checking.rules import CODES, find_all, order_of, results
from indicators.checking.rules.facts import AREA, GOAL, INDICATOR, TARGET, TASK, Finding, PlanFacts, Subject
from indicators.checking.selectors.plan_facts import indicators_with_approved, public_facts
from indicators.checking.wording import LABELS, SUBJECT_LABELS, reason_in_words
from indicators.choices import CheckState
from indicators.models import CheckMark
from plans.models import Plan


@dataclass(frozen=True)
class CheckRow:
    """A finding with its words; `mark` is the last decision about it, whether it still counts or not.

    `place` is the subject in words, such as "지표 1/2-3-3-1".
    """

    finding: Finding
    title: str
    url: str
    label: str
    place: str
    reason: str
    mark: CheckMark | None = None

    @cached_property
    def key(self) -> str:
        """Names the finding within its plan."""
        return f"{self.finding.code}:{self.finding.subject.key}"

    @cached_property
    def token(self) -> str:
        """Names the finding as it was seen: with its values and the decision about it."""
        return f"{self.key}:{self.finding.fingerprint[:16]}:{self.mark.version if self.mark else 0}"

    @cached_property
    def state(self) -> CheckState:
        if self.mark is None:
            return CheckState.OPEN
        if self.mark.fingerprint != self.finding.fingerprint:
            return CheckState.OUTDATED
        return CheckState(self.mark.state)


def place_url(plan: Plan, subject: Subject) -> str:
    """The public page on which *subject* stands."""
    if subject.kind == INDICATOR:
        return address("indicators:indicator", plan.slug, subject.area, subject.code)
    if subject.kind == TASK:
        return address("plans:task", plan.slug, subject.area, subject.code)
    anchor = {AREA: "", GOAL: f"#goal-{subject.code}", TARGET: f"#target-{subject.code}"}[subject.kind]
    return address("plans:area", plan.slug, subject.area) + anchor


def check_rows(plan: Plan) -> list[CheckRow]:
    """All findings of *plan* as it stands now. At most fifteen queries.

    What is found in what is public is kept with it. Approved results that wait for publication are read anew each
    time; they bear on nothing but the findings in the results of their indicators.
    """
    facts, rows = _public_rows(plan)
    changed = indicators_with_approved(plan, facts)
    if changed:
        subjects = {indicator.subject for indicator in changed}
        rows = [row for row in rows if row.finding.code not in results.CODES or row.finding.subject not in subjects]
        rows += _in_words(plan, facts, results.find(PlanFacts(facts.years, indicators=changed)))
        rows.sort(key=lambda row: order_of(facts, row.finding))
    marks = {f"{mark.code}:{mark.subject}": mark for mark in CheckMark.objects.filter(plan=plan).order_by()}
    return [replace(row, mark=marks[row.key]) if row.key in marks else row for row in rows]


def _public_rows(plan: Plan) -> tuple[PlanFacts, list[CheckRow]]:
    """What is public of *plan*, and what is found in it."""

    def build():
        facts = public_facts(plan)
        return facts, _in_words(plan, facts, find_all(facts))

    return kept(("findings", plan.pk), build)


def _in_words(plan: Plan, facts: PlanFacts, findings: Iterable[Finding]) -> list[CheckRow]:
    return [
        CheckRow(
            finding,
            title=facts.titles[finding.subject],
            url=place_url(plan, finding.subject),
            label=str(LABELS[finding.code]),
            place=f"{SUBJECT_LABELS[finding.subject.kind]} {finding.subject.number}",
            reason=reason_in_words(finding),
        )
        for finding in findings
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
