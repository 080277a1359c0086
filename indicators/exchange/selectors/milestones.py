"""A plan's yearly targets as files carry them: one word of state for each indicator and year."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from commons.tables import plain_decimal, plain_text
from commons.values import Value, format_number
from indicators.choices import MissingReason
from indicators.models import Indicator, Milestone, Publication
from plans.models import Plan

NUMBER, TEXT, MISSING = "value=", "text=", "missing_reason="
NONE_PLANNED = MISSING + MissingReason.NONE_PLANNED.value
CHUNK = 5000


def state_of(value: Decimal | None, text: str, missing: str) -> str:
    """A planned value as one word, the same for equal values: ``value=303``, ``text=1,500/510`` or
    ``missing_reason=none_planned``, which is also what an indicator without a stored target has.
    """
    if value is not None:
        return NUMBER + plain_decimal(value)
    return TEXT + plain_words(text) if text else MISSING + missing if missing else NONE_PLANNED


def plain_words(text: str) -> str:
    """*text* without what a trip through a spreadsheet changes by itself: line ends, outer spaces, the apostrophe that
    sets a formula off, characters that no file can hold."""
    if text.isprintable() and text[:1] not in "' " and text[-1:] != " ":
        return text
    text = plain_text(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def parts_of(state: str) -> tuple[str | None, str, str]:
    """Value as digits or None, text and missing reason of a state, as they are stored."""
    kind, _equals, rest = state.partition("=")
    return (rest if kind == "value" else None, rest if kind == "text" else "", rest if kind == "missing_reason" else "")


def value_of(state: str) -> Value:
    number, text, missing = parts_of(state)
    return Value(Decimal(number) if number is not None else None, text, missing)


def state_in_words(state: str) -> str:
    """A state as people read it."""
    number, text, missing = parts_of(state)
    if number is not None:
        return format_number(Decimal(number))
    return text or str(MissingReason(missing).label)


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What the check of a row needs to know of its indicator."""

    pk: int
    area: int
    code: str
    title: str
    unit: str
    kind: str
    minimum: Decimal | None

    def __str__(self):
        return f"{self.code} {self.title}"


class MilestoneIndex:
    """All of a plan's indicators and targets, in a form that is small and answers without a query.

    Three queries, however many there are. `stored` has by (indicator's id * 10000 + year) the milestone's id and state.
    """

    def __init__(self, plan: Plan, *, for_update: bool = False):
        self.plan = plan
        self.years = {str(year): year for year in plan.years}
        fields = ("pk", "area__number", "code", "title", "unit", "value_kind", "minimum")
        facts = [IndicatorFacts(*row) for row in Indicator.objects.of_plan(plan).values_list(*fields)]
        self.by_pk = {one.pk: one for one in facts}
        self.by_code = {(str(one.area), one.code): one for one in facts}
        self.published = set(Publication.objects.of_plan(plan).values_list("round__year", flat=True))
        milestones = Milestone.objects.filter(indicator__area__plan=plan).order_by()
        if for_update:
            milestones = milestones.select_for_update(of=("self",))
        rows = milestones.values_list("pk", "indicator_id", "year", "value", "text", "missing_reason")
        self.stored = {
            indicator * 10000 + year: (pk, state_of(value, text, missing))
            for pk, indicator, year, value, text, missing in rows.iterator(chunk_size=CHUNK)
        }

    def rows(self) -> Iterator[tuple]:
        """One row for each indicator and year of the plan, in the columns of the file that goes out."""
        nothing = (None, NONE_PLANNED)
        for one in self.by_pk.values():
            for year in self.plan.years:
                state = self.stored.get(one.pk * 10000 + year, nothing)[1]
                number, text, missing = parts_of(state)
                number = Decimal(number) if number is not None else None
                yield one.area, one.code, year, number, text, missing, state, one.title, one.unit

    def place_of(self, key: int) -> str:
        """Indicator and year of a key of `stored`, as people read them."""
        return _("%(indicator)s · %(year)s년") % {"indicator": self.by_pk[key // 10000], "year": key % 10000}
