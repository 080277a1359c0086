"""Forms of one result: entry and correction."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField, ProseField
from commons.forms import PublicWordsField, VersionedForm, WordsField
from commons.numbers import NotANumber, NothingGiven, Reading, read_number
from commons.validators import validate_public_text
from commons.values import Value, format_number
from indicators.choices import BreakdownGroup, Dimension, MissingReason, Status, ValueKind
from indicators.collecting.selectors.entry import past_actuals
from indicators.doubts import find_doubts, unanswered
from indicators.models import ONE_ONLY_MESSAGE, Indicator, Result
from indicators.validators.breakdowns import SUM_DIFFERS, parts_fault
from indicators.validators.milestones import number_fault
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
    text = LineField(label=_("실적(서술)"), max_length=200, required=False, validators=[validate_public_text])
    missing_reason = forms.ChoiceField(label=_("값이 없는 사유"), required=False)
    verdict = forms.ChoiceField(label=_("담당자 판정"), required=False)
    explanation = PublicWordsField(
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

    def clean_value(self):
        number = self.cleaned_data["value"]
        if number is not None:
            fault = number_fault(number, kind=self.indicator.value_kind, minimum=self.indicator.minimum)
            if fault:
                raise ValidationError(fault)
        return number

    def clean(self):
        data = super().clean()
        given = [name for name in ("value", "text", "missing_reason") if data.get(name) not in (None, "")]
        if len(given) > 1:
            for name in given:
                self.add_error(name, ONE_ONLY_MESSAGE)
        first = next(name for name in ("value", "text") if name in self.fields)
        if self.must_be_given and not given and not self.errors:
            self.add_error(first, _("값을 입력하거나 값이 없는 사유를 골라 주십시오."))
        needs_verdict = "verdict" in self.fields and given and given != ["missing_reason"]
        if self.must_be_given and needs_verdict and not data.get("verdict"):
            self.add_error("verdict", _("판정을 골라 주십시오."))
        return data

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
        return find_doubts(
            kind=self.indicator.value_kind,
            unit=self.indicator.unit,
            direction=self.indicator.direction,
            value=self.number,
            last=self._last.number,
            target=self.target.number,
            is_cumulative=self.indicator.is_cumulative,
            counts_whole=self.indicator.counts_whole,
        )

    @property
    def open_doubts(self) -> list[str]:
        """Doubts that nobody has answered yet."""
        return unanswered(
            self.doubts, answer=self.answer, kept=self.result.doubts, kept_answer=self.result.doubt_answer
        )

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
        """What the service is to store. Only answered doubts are kept, so that the others are asked about again."""
        data = self.cleaned_data
        still_open = self.open_doubts
        answered = [code for code in self.doubts if code not in still_open]
        return {
            "value": data.get("value"),
            "text": data.get("text", ""),
            "missing_reason": data["missing_reason"],
            "verdict": data.get("verdict", ""),
            "explanation": data["explanation"],
            "doubts": answered,
            "doubt_answer": self.answer if answered else "",
        }


class ResultForm(ValueForm):
    """All that is reported of one indicator for a year: value, breakdowns, words, and the answer to doubts."""

    doubt_answer = WordsField(
        label=_("확인 답변"),
        rows=2,
        max_length=1000,
        help_text=_("값이 맞으면 까닭을 적어 주십시오. 검토자에게 보이고 기록에 남습니다. 공개되지 않습니다."),
    )
    shortfall = PublicWordsField(
        label=_("부진 사유"), rows=3, help_text=_("목표에 미치지 못했으면 까닭을 적습니다. 공표되면 누구나 봅니다.")
    )
    next_steps = PublicWordsField(
        label=_("향후 계획"), rows=3, help_text=_("앞으로 할 일을 적습니다. 공표되면 누구나 봅니다.")
    )
    basis = PublicWordsField(
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

    def clean(self):
        data = super().clean()
        for dimension in self.demanded:
            self._check_parts(dimension, data)
        if self.must_be_given and self.open_doubts and "value" not in self.errors:
            if self.answer:
                self.add_error("doubt_answer", _("새로 확인할 점이 있습니다. 답변을 고쳐 주십시오."))
            else:
                self.add_error("doubt_answer", _("위 물음에 답변을 적어 주십시오. 값이 틀렸으면 고쳐 주십시오."))
        return data

    def _check_parts(self, dimension: Dimension, data: dict) -> None:
        names = [part_name(group) for group in dimension.groups]
        parts = [data.get(name) for name in names]
        below_zero = [name for name, part in zip(names, parts, strict=True) if part is not None and part < 0]
        if below_zero and self.indicator.minimum is not None:
            for name in below_zero:
                self.add_error(name, _("0보다 작은 값은 입력할 수 없습니다."))
        elif data.get("missing_reason") and any(part is not None for part in parts):
            self.add_error(names[0], _("값이 없는 사유를 고르면 세분화 값은 비워 주십시오."))
        elif data.get("value") is not None:
            message = parts_message(self.indicator, dimension, data["value"], parts)
            if message:
                self.add_error(names[0], message)

    @property
    def new_values(self) -> dict:
        data = self.cleaned_data
        new = super().new_values | {name: data[name] for name in ("shortfall", "next_steps", "basis")}
        if self.demanded:
            typed = {group: data[part_name(group)] for dimension in self.demanded for group in dimension.groups}
            kept = {group: value for group, value in stored_parts(self.result).items() if group not in typed}
            new["breakdowns"] = kept | {group.value: part for group, part in typed.items() if part is not None}
        return new


def stored_parts(result: Result) -> dict[str, Decimal]:
    return {part.group: part.value for part in result.breakdowns.all()} if result.pk else {}


def part_name(group: BreakdownGroup) -> str:
    return f"part_{group.value}"


def parts_message(indicator: Indicator, dimension: Dimension, total: Decimal, parts: list[Decimal | None]) -> str:
    """What is wrong with the parts of one dimension, in a sentence; '' when they fit or are not all given."""
    fault = parts_fault(total, parts, is_additive=indicator.is_additive)
    if not fault:
        return ""
    words = {
        "dimension": dimension.label,
        "total": format_number(total, indicator.decimals),
        "sum": format_number(sum(parts), indicator.decimals),
        "least": format_number(min(parts), indicator.decimals),
        "most": format_number(max(parts), indicator.decimals),
    }
    if fault == SUM_DIFFERS:
        return _("%(dimension)s 값의 합은 %(sum)s인데 실적은 %(total)s입니다. 둘이 같아야 합니다.") % words
    return _("%(dimension)s 값이 %(least)s~%(most)s이므로 실적은 그 사이여야 하는데 %(total)s입니다.") % words


class CorrectionForm(ResultForm):
    """A change to a published result, with its reason for the trace."""

    comment = ProseField(
        label=_("정정 사유"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("기록에 남습니다."),
        validators=[validate_public_text],
    )
