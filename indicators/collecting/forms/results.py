"""Forms of one result: entry and correction."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField, ProseField
from commons.forms import VersionedForm, WordsField
from commons.numbers import NotANumber, NothingGiven, Reading, read_number
from commons.validators import validate_public_text
from commons.values import Value, format_number
from indicators.choices import Dimension, MissingReason, Status, ValueKind
from indicators.collecting.selectors.entry import past_actuals
from indicators.models import Result
from indicators.validators.milestones import MAX_TEXT
from indicators.validators.results import doubts_about, draft_faults, open_doubts, part_name, submission_faults
from indicators.wording import doubt_question, format_value

REASON_BUTTON = "reason_instead"


class NumberField(LineField):
    """A number in `unit` as people type it; cleans to a Decimal or None."""

    unit = ""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value):
        try:
            return read_number(super().clean(value), unit=self.unit).number
        except NotANumber as error:
            raise ValidationError(str(error)) from error


class ValueForm(VersionedForm):
    """A year's value of one indicator with its explanation: what every door to a result has in common.

    *past* holds the actual values of the years before by year; the value is held against them and the *target*.
    """

    value = NumberField(label=_("실적"), required=False)
    text = LineField(label=_("실적(서술)"), max_length=MAX_TEXT, required=False)
    missing_reason = forms.ChoiceField(label=_("값이 없는 사유"), required=False)
    verdict = forms.ChoiceField(label=_("담당자 판정"), required=False)
    explanation = WordsField(
        label=_("성과와 설명"), rows=5, help_text=_("올해 거둔 성과와 값의 뜻을 적습니다. 공표되면 누구나 봅니다.")
    )

    def __init__(
        self, data=None, *, result: Result, target: Value, past: dict[int, Value], must_be_given=False, **kwargs
    ):
        self.result = result
        self.indicator = result.indicator
        self.target = target
        self.past = past
        self.must_be_given = must_be_given
        super().__init__(data, initial=self._stored(result), **kwargs)
        self.fields["missing_reason"].choices = [
            ("", _("값이 있음")),
            *[(r.value, r.label) for r in MissingReason.for_results()],
        ]
        self._choose_reason()
        self.fields["value"].unit = self.indicator.unit
        self.fields["verdict"].choices = [("", _("선택")), *[(s.value, s.label) for s in Status.rated()]]
        in_words = self.indicator.value_kind == ValueKind.TEXT
        if in_words:
            del self.fields["value"]
        elif not target.text:
            del self.fields["text"], self.fields["verdict"]
        if "verdict" in self.fields:
            self.fields["verdict"].help_text = _("서술 값은 셈할 수 없으므로 담당자가 목표와 견주어 판정합니다.")

    def _choose_reason(self) -> None:
        """Let the button beside a word such as 미집계 do what it says: the reason is chosen, the value emptied."""
        chosen = self.data.get(self.add_prefix(REASON_BUTTON)) if self.is_bound else None
        if chosen:
            self.data = self.data.copy()
            self.data[self.add_prefix("missing_reason")] = chosen
            self.data[self.add_prefix("value")] = ""

    @property
    def reasons_meant(self) -> list[tuple[str, MissingReason]]:
        """Name of the button and reason of each that a word in the place of the value may mean."""
        try:
            self._read_value()
        except NothingGiven as nothing:
            return [(self.add_prefix(REASON_BUTTON), reason) for reason in MissingReason.meant_by(nothing.word)]
        except NotANumber:
            pass
        return []

    @property
    def understood(self) -> str:
        """What was made of a value that was not typed plainly; '' otherwise."""
        try:
            return self._read_value().understood
        except NotANumber:
            return ""

    def _read_value(self) -> Reading:
        if not self.is_bound or "value" not in self.fields:
            return Reading(None)
        return read_number(self["value"].value() or "", unit=self.indicator.unit)

    def _stored(self, result: Result) -> dict:
        """What the fields show of *result* while nothing is typed."""
        return {
            "value": "" if result.value is None else format_value(result.reading, "", self.indicator.decimals),
            "text": result.text,
            "missing_reason": result.missing_reason,
            "verdict": result.verdict,
            "explanation": result.explanation,
            "version": result.version,
        }

    @property
    def said(self) -> dict:
        """The whole result as it would be stored, for the rules: what was typed over what stands."""
        data = self.cleaned_data
        return {
            "value": data.get("value"),
            "text": data.get("text", ""),
            "missing_reason": data.get("missing_reason", ""),
            "verdict": data.get("verdict", ""),
            "explanation": data.get("explanation", ""),
            "doubt_answer": self.answer,
            "breakdowns": stored_parts(self.result),
        }

    def clean(self):
        data = super().clean()
        self.show_faults(draft_faults(self.indicator, self.target, self.said), elsewhere=self._first)
        if self.must_be_given:
            asks = "doubt_answer" in self.fields and "value" not in self.errors
            still_open = self.open_doubts if asks else []
            faults = submission_faults(self.indicator, self.target, self.said, still_open)
            if self.errors:
                faults.pop(self._first, None)  # what was typed is wrong rather than missing
            self.show_faults(faults)
        return data

    @property
    def _first(self) -> str:
        """The field of the statement itself."""
        return next(name for name in ("value", "text") if name in self.fields)

    def compare_with(self, current: Result) -> list[tuple[str, str, str]]:
        """Label, stored and typed of every field in which *current*, the newer save, and the form differ."""
        rows = []
        for name, before in self._stored(current).items():
            if name == "version" or name not in self.fields:
                continue
            words = dict(getattr(self.fields[name], "choices", []))
            before, typed = (str(value or "") for value in (before, self[name].value()))
            if before != typed:
                label = str(self.fields[name].label)
                rows.append((label, str(words.get(before, before)), str(words.get(typed, typed))))
        return rows

    @property
    def number(self) -> Decimal | None:
        """The number that was typed, or the stored one while nothing is typed."""
        if not self.is_bound:
            return self.result.value
        self.is_valid()  # a page may ask before anybody else did
        return self.cleaned_data.get("value")

    @property
    def answer(self) -> str:
        """What is said to the doubts."""
        return self.result.doubt_answer

    @property
    def doubts(self) -> list[str]:
        """Codes of what is questionable about the number."""
        return doubts_about(self.indicator, self.target, self._last, self.number)

    @property
    def open_doubts(self) -> list[str]:
        """Doubts that nobody has answered yet."""
        return open_doubts(self.doubts, {"doubt_answer": self.answer}, self.result)

    @property
    def questions(self) -> list[str]:
        """The doubts as questions to the officer."""
        return [
            doubt_question(
                code, year=self.result.round.year, last=self._last, target=self.target, indicator=self.indicator
            )
            for code in self.doubts
        ]

    @property
    def _last(self) -> Value:
        return self.past.get(self.result.round.year - 1, Value())

    @property
    def new_values(self) -> dict:
        """What the act is to store. Breakdowns and words that the form does not have stay as they are."""
        names = ("value", "text", "missing_reason", "verdict", "explanation")
        return {name: self.said[name] for name in names} | {"doubt_answer": self.answer}


class ResultForm(ValueForm):
    """All that is reported of one indicator for a year: value, breakdowns, words, and the answer to doubts."""

    doubt_answer = WordsField(
        label=_("확인 답변"),
        rows=2,
        max_length=1000,
        help_text=_("값이 맞으면 까닭을 적어 주십시오. 검토자에게 보이고 기록에 남습니다. 공개되지 않습니다."),
    )
    shortfall = WordsField(
        label=_("부진 사유"), rows=3, help_text=_("목표에 미치지 못했으면 까닭을 적습니다. 공표되면 누구나 봅니다.")
    )
    next_steps = WordsField(
        label=_("향후 계획"), rows=3, help_text=_("앞으로 할 일을 적습니다. 공표되면 누구나 봅니다.")
    )
    basis = WordsField(
        label=_("산출근거"),
        rows=3,
        help_text=_("값을 어떻게 셈했는지 적습니다. 예: 분자와 분모, 기준일, 통계 이름. 공표되면 누구나 봅니다."),
    )

    def __init__(self, data=None, *, result: Result, target: Value, past: dict[int, Value] | None = None, **kwargs):
        if past is None:
            past = past_actuals(result.round, [result.indicator]).get(result.indicator.pk, {})
        self.demanded = result.indicator.dimensions
        super().__init__(data, result=result, target=target, past=past, **kwargs)
        for dimension in self.demanded:
            for group in dimension.groups:
                self.fields[part_name(group)] = NumberField(label=group.label, required=False)
                self.fields[part_name(group)].unit = self.indicator.unit

    def _stored(self, result: Result) -> dict:
        parts = stored_parts(result)
        return super()._stored(result) | {
            "doubt_answer": result.doubt_answer,
            "shortfall": result.shortfall,
            "next_steps": result.next_steps,
            "basis": result.basis,
            **{
                part_name(group): format_number(parts[group.value], self.indicator.decimals)
                for dimension in self.demanded
                for group in dimension.groups
                if group.value in parts
            },
        }

    @property
    def part_sets(self) -> list[tuple[Dimension, list[forms.BoundField]]]:
        """The fields of the demanded breakdowns, by dimension."""
        return [(dimension, [self[part_name(group)] for group in dimension.groups]) for dimension in self.demanded]

    @property
    def lacks_parts(self) -> bool:
        """Whether a value is given without all the breakdowns that the report demands."""
        return self.number is not None and any(
            not field.value() for _dimension, fields in self.part_sets for field in fields
        )

    @property
    def answer(self) -> str:
        return self.cleaned_data.get("doubt_answer", "") if self.is_bound else self.result.doubt_answer

    @property
    def said(self) -> dict:
        data = self.cleaned_data
        words = {name: data.get(name, "") for name in ("shortfall", "next_steps", "basis")}
        typed = {group.value: data.get(part_name(group)) for each in self.demanded for group in each.groups}
        kept = {code: part for code, part in stored_parts(self.result).items() if code not in typed}
        parts = kept | {code: part for code, part in typed.items() if part is not None}
        return super().said | words | {"breakdowns": parts}

    @property
    def new_values(self) -> dict:
        names = ["shortfall", "next_steps", "basis", *(["breakdowns"] if self.demanded else [])]
        return super().new_values | {name: self.said[name] for name in names}


def stored_parts(result: Result) -> dict[str, Decimal]:
    return {part.group: part.value for part in result.breakdowns.all()} if result.pk else {}


class CorrectionForm(ResultForm):
    """A change to a published result, with its reason for the trace."""

    comment = ProseField(
        label=_("정정 사유"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("기록에 남습니다."),
        validators=[validate_public_text],
    )
