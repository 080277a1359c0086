"""Figures and verdicts in the words people read. Used by pages, traces and reports alike."""

from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from commons.values import Value, format_number
from indicators.assessment import ON_TRACK_FROM, SLOW_FROM, CompoundGrowth
from indicators.choices import Dimension, Direction, MissingReason, Status, Track
from indicators.doubts import (
    ABOVE_HUNDRED,
    NOT_WHOLE,
    SAME,
    TEN_TIMES_LAST,
    TEN_TIMES_TARGET,
    TENTH_OF_LAST,
    TENTH_OF_TARGET,
    TOTAL_FELL,
    WORSE,
)

NOTHING = "–"


def value_in_words(value: Value, indicator, *, with_unit: bool = True) -> str:
    """Write a value as people read it; *indicator* gives unit and decimals. An empty value is a dash."""
    return format_value(value, indicator.unit if with_unit else "", indicator.decimals)


def format_value(value: Value, unit: str, decimals: int) -> str:
    if value.number is not None:
        return join_unit(format_number(value.number, decimals), unit)
    if value.text:
        return value.text
    if value.missing:
        return str(MissingReason(value.missing).label)
    return NOTHING


def join_unit(number: str, unit: str) -> str:
    """Join a written number and its unit; units that are words stand close, as Korean writes them."""
    return f"{number}{unit}"


@lru_cache(maxsize=4096)
def percent(rate: Decimal | None, places: int = 1) -> str:
    """Write a rate (1 = 100 %) rounded down, so that 99.99 % never reads as 100 %."""
    if rate is None:
        return ""
    hundred = (rate * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR)
    return f"{format_number(hundred)}%"


def gap_in_words(code: str) -> str:
    """Why an indicator has no verdict, in a word or two; *code* is a missing reason or the reason of the verdict."""
    if code in MissingReason.values:
        return str(MissingReason(code).label)
    return {
        "no_target": str(MissingReason.NONE_PLANNED.label),
        "no_verdict": _("담당자 판정 없음"),
    }.get(code, _("그 밖의 사유"))


def status_reason_in_words(*, status, reason, rate, target: Value, actual: Value, inputs: dict) -> str:
    """Answer "why this status?" in one or two sentences with the numbers put in."""
    unit, decimals = inputs["unit"], inputs["decimals"]
    target_words, actual_words = format_value(target, unit, decimals), format_value(actual, unit, decimals)
    if reason == "no_actual":
        return _("실적이 없어 판정하지 않았습니다. 사유: %(reason)s") % {"reason": actual_words}
    if reason == "no_target":
        return _("이 해에 계획된 목표치가 없어 판정하지 않았습니다.")
    if reason == "no_verdict":
        return _("목표나 실적이 서술로 되어 있고 담당자 판정이 없어 판정하지 않았습니다.")
    if reason == "verdict":
        return _("목표나 실적이 서술로 되어 있어 담당 부서가 판정하고 총괄 담당자가 승인했습니다.")
    if reason == "zero_target":
        return _(
            "목표가 0이어서 달성률을 셈하지 않습니다. 실적(%(actual)s)이 0보다 나쁘지 않으면 달성, 나쁘면 부진입니다."
        ) % {"actual": actual_words}
    if reason == "grade":
        if status == Status.MET:
            return _("실적 %(actual)s이 목표 %(target)s 이상입니다.") % {"actual": actual_words, "target": target_words}
        steps = int(actual.number - target.number)
        return _("실적 %(actual)s이 목표 %(target)s보다 %(steps)d등급 낮습니다.") % {
            "actual": actual_words,
            "target": target_words,
            "steps": steps,
        }
    formula = formula_in_numbers(inputs["direction"], target.number, actual.number, decimals)
    return _("%(formula)s = %(rate)s. %(band)s") % {
        "formula": formula,
        "rate": percent(rate),
        "band": band_in_words(status, inputs["bands"]),
    }


def formula_in_words(direction: str, target: Decimal) -> str:
    """The attainment formula of *direction*, in words; a target below zero is measured by its size."""
    if direction == Direction.KEEP:
        return _("1 − |실적 − 목표| ÷ |목표|")
    if target < 0:
        return _("1 + (실적 − 목표) ÷ |목표|") if direction == Direction.UP else _("1 − (실적 − 목표) ÷ |목표|")
    return _("실적 ÷ 목표") if direction == Direction.UP else _("2 − 실적 ÷ 목표")


def formula_in_numbers(direction: str, target: Decimal, actual: Decimal, decimals: int) -> str:
    """The attainment formula of *direction* with the numbers put in."""
    a, t = format_number(actual, decimals), format_number(target, decimals)
    if target < 0 and direction != "keep":
        return f"1 {'+' if direction == 'up' else '−'} ({a} − ({t})) ÷ |{t}|"
    if direction == "up":
        return f"{a} ÷ {t}"
    if direction == "down":
        return f"2 − {a} ÷ {t}"
    return f"1 − |{a} − {t}| ÷ |{t}|"


def band_in_words(status: str, bands: dict) -> str:
    """Which band a status stands for, as the plan sets it."""
    met, near, short = (percent(Decimal(bands[name]), 0) for name in ("met", "near", "short"))
    return {
        Status.MET: _("%(met)s 이상이면 달성입니다.") % {"met": met},
        Status.NEAR: _("%(near)s 이상 %(met)s 미만이면 근접입니다.") % {"near": near, "met": met},
        Status.SHORT: _("%(short)s 이상 %(near)s 미만이면 미흡입니다.") % {"short": short, "near": near},
        Status.POOR: _("%(short)s 미만이면 부진입니다.") % {"short": short},
    }[Status(status)]


def _in_formula(number: Decimal, decimals: int) -> str:
    """A number inside a formula; one below zero in brackets, so that no two signs meet."""
    text = format_number(number, decimals)
    return f"({text})" if number < 0 else text


def pace_steps(direction: str, points: list, final: tuple[int, Decimal], decimals: int) -> list[tuple[str, str, str]]:
    """The trajectory's formula with the numbers put in: (what, formula, result) of way, time and pace.

    *points* are (year, number) in the order of years, of which the first and the last count.
    """
    (y_0, a_0), (y_i, a_i) = points[0], points[-1]
    y_t, target = final
    first, last, goal = (_in_formula(number, decimals) for number in (a_0, a_i, target))
    if direction == Direction.KEEP:
        way = f"(|{first} − {goal}| − |{last} − {goal}|) ÷ |{first} − {goal}|"
        share = (abs(a_0 - target) - abs(a_i - target)) / abs(a_0 - target)
    else:
        way, share = f"({last} − {first}) ÷ ({goal} − {first})", (a_i - a_0) / (target - a_0)
    until = min(y_i, y_t)
    time = Decimal(until - y_0) / (y_t - y_0)
    return [
        (_("온 길"), way, percent(share)),
        (_("지난 시간"), f"({until} − {y_0}) ÷ ({y_t} − {y_0})", percent(time)),
        (_("추진 속도"), _("온 길 ÷ 지난 시간"), percent(share / time)),
    ]


def track_band_in_words(track: str) -> str:
    """Which paces a track stands for."""
    on_track, slow = percent(ON_TRACK_FROM, 0), percent(SLOW_FROM, 0)
    return {
        Track.ON_TRACK: _("%(on)s 이상이면 정상 추진입니다.") % {"on": on_track},
        Track.SLOW: _("%(slow)s 이상 %(on)s 미만이면 다소 지연입니다.") % {"slow": slow, "on": on_track},
        Track.LAGGING: _("0%% 이상 %(slow)s 미만이면 크게 지연입니다.") % {"slow": slow},
        Track.REGRESS: _("0% 미만이면 역행입니다."),
    }[Track(track)]


def _undefined_track_in_words(reason: str, words: dict) -> str:
    return {
        "no_actual": _("이 해의 실적이 없어 궤도를 산정하지 않았습니다."),
        "words": _("이 해의 실적이 서술이어서 속도를 셈할 수 없습니다."),
        "no_final": _("계획에 목표치가 없어 어디까지 가야 하는지 정해져 있지 않습니다."),
        "final_in_words": _("마지막 목표(%(final)s)가 서술이어서 속도를 셈할 수 없습니다."),
        "one_point": _("%(first)s이 첫 실적이어서 아직 견줄 변화가 없습니다. 다음 해 실적부터 산정합니다."),
        "same_year": _("같은 해의 값뿐이어서 견줄 변화가 없습니다."),
        "no_time": _("첫 실적(%(first)s)의 해가 마지막 목표(%(final)s)의 해보다 이르지 않아 견줄 기간이 없습니다."),
        "grade": _(
            "첫 실적(%(first)s)보다 좋아졌으나 마지막 목표(%(final)s)에는 이르지 않았습니다. "
            "등급은 순위여서 속도를 셈하지 않습니다."
        ),
    }[reason] % words


def _is_worse(direction: str, first: Decimal, last: Decimal, target: Decimal) -> bool:
    if direction == Direction.KEEP:
        return abs(last - target) > abs(first - target)
    return last < first if direction == Direction.UP else last > first


def track_reason_in_words(*, track: str, reason: str, inputs: dict) -> str:
    """Answer "why this track?" in a few sentences with the numbers put in. *inputs* are those of a figure."""
    points, final = trajectory_inputs(inputs)

    def dated(year, number, text=""):
        return _("%(year)d년 %(value)s") % {"year": year, "value": number_or_text(number, text, inputs)}

    words = {
        "first": dated(*points[0]) if points else NOTHING,
        "last": dated(*points[-1]) if points else NOTHING,
        "final": dated(*final) if final else NOTHING,
    }
    if track == Track.UNDEFINED:
        return _undefined_track_in_words(reason, words)
    if reason == "pace":
        steps = pace_steps(inputs["direction"], points, final[:2], inputs["decimals"])
        told = [f"{formula} = {result}." for _what, formula, result in steps[:2]]
        told.append(f"{steps[0][2]} ÷ {steps[1][2]} = {steps[2][2]}.")
        if points[0][1] == points[-1][1]:
            told.append(_("첫 실적에서 움직이지 않았습니다."))
        elif track == Track.REGRESS:
            told.append(_("첫 실적보다 목표에서 멀어졌습니다."))
        return " ".join([*told, track_band_in_words(track)])
    told = {
        "held": _(
            "첫 실적(%(first)s)이 이미 마지막 목표(%(final)s)에 이르러 있어 속도를 셈하지 않습니다. "
            "이번 실적(%(last)s)도 그 목표를 지키고 있어 정상 추진입니다."
        ),
        "slipped": _(
            "첫 실적(%(first)s)은 이미 마지막 목표(%(final)s)에 이르러 있었으나 "
            "이번 실적(%(last)s)은 목표에 5%% 안으로 못 미칩니다. 속도를 셈하지 않고 다소 지연으로 봅니다."
        ),
        "lost": _(
            "첫 실적(%(first)s)은 이미 마지막 목표(%(final)s)에 이르러 있었으나 "
            "이번 실적(%(last)s)은 목표에서 5%% 넘게 벗어났습니다. 이룬 것을 잃었으므로 역행입니다."
        ),
        "reached": _("이번 실적(%(last)s)이 마지막 목표(%(final)s)와 5%% 안으로 가까워져 이른 것으로 봅니다."),
        "grade": {
            Track.ON_TRACK: _("이번 실적(%(last)s)이 마지막 목표(%(final)s)에 이르렀습니다."),
            Track.LAGGING: _("첫 실적(%(first)s)에서 움직이지 않았고 마지막 목표(%(final)s)에 이르지 못했습니다."),
            Track.REGRESS: _("첫 실적(%(first)s)보다 등급이 나빠졌습니다. 마지막 목표는 %(final)s입니다."),
        }.get(Track(track)),
    }[reason] % words
    if reason == "held" and _is_worse(inputs["direction"], points[0][1], points[-1][1], final[1]):
        told += " " + _("다만 첫 실적보다는 나빠졌습니다.")
    return told


def number_or_text(number: Decimal | None, text: str, inputs: dict) -> str:
    """A point or the last target of a trajectory, with the unit and decimals of its figure."""
    return format_value(Value(number, text), inputs["unit"], inputs["decimals"])


def trajectory_inputs(inputs: dict) -> tuple[list, tuple | None]:
    """The points (year, number) and the last target (year, number, text) that a figure keeps with its trajectory."""
    kept = inputs.get("trajectory") or {"points": [], "final": None}
    points = [(year, Decimal(number)) for year, number in kept["points"]]
    final = kept["final"]
    if final is None:
        return points, None
    return points, (final["year"], Decimal(final["value"]) if final["value"] else None, final["text"])


def compound_growth_in_words(growth: CompoundGrowth) -> str:
    """What Open SDG's published method says of a figure, or why it says nothing."""
    if growth.ratio is not None:
        rates = {
            "observed": percent(growth.observed, 2),
            "required": percent(growth.required, 2),
            "ratio": percent(growth.ratio),
        }
        category = {
            "on_track": _("‘순조’에 해당합니다."),
            "acceleration": _("‘나아가고 있으나 속도를 높여야 함’에 해당합니다."),
            "limited": _("‘진전이 적음’에 해당합니다."),
            "deterioration": _("‘나빠짐’에 해당합니다."),
        }[growth.category]
        told = (
            _("그동안의 연평균 증가율 %(observed)s, 목표에 필요한 연평균 증가율 %(required)s, 둘의 비 %(ratio)s.")
            % rates
        )
        return f"{told} {category}"
    return {
        "achieved": _("이미 마지막 목표에 이르러 ‘목표 달성’에 해당합니다."),
        "no_actual": _("실적이 없어 셈할 수 없습니다."),
        "no_final": _("숫자로 된 마지막 목표가 없습니다. 이 방법은 그때 증가율만으로 판단합니다."),
        "one_point": _("값이 한 해뿐이어서 셈할 수 없습니다."),
        "same_year": _("같은 해의 값뿐이어서 셈할 수 없습니다."),
        "no_time": _("목표까지 남은 기간이 없어 셈할 수 없습니다."),
        "not_positive": _("0이나 음수가 있어 증가율을 그대로 셈할 수 없습니다."),
        "level_target": _("첫 값과 마지막 목표가 같아 필요한 증가율이 0이므로 나눌 수 없습니다."),
        "keep": _("이 방법에는 목표 수준을 지키는 지표의 셈법이 없습니다."),
    }[growth.reason]


def parts_by_dimension(parts: dict[str, Decimal], decimals: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """Group codes and values as people read them: (성별, [(남성, 120), (여성, 190)]), in the order of the choices."""
    tables = []
    for dimension in Dimension:
        given = [group for group in dimension.groups if group.value in parts]
        if given:
            rows = [(str(group.label), format_number(parts[group.value], decimals)) for group in given]
            tables.append((str(dimension.label), rows))
    return tables


def doubt_label(code: str) -> str:
    """A doubt in a few words, for traces and for the reviewer."""
    return {
        TEN_TIMES_LAST: _("지난해의 10배 이상"),
        TENTH_OF_LAST: _("지난해의 10분의 1 이하"),
        TEN_TIMES_TARGET: _("목표의 10배 이상"),
        TENTH_OF_TARGET: _("목표의 10분의 1 이하"),
        ABOVE_HUNDRED: _("100% 초과"),
        NOT_WHOLE: _("세는 단위에 소수"),
        TOTAL_FELL: _("누계인데 지난해보다 줄어듦"),
        WORSE: _("지난해보다 20% 넘게 나빠짐"),
        SAME: _("지난해와 같은 값"),
    }[code]


def doubts_in_words(codes: list[str]) -> str:
    return ", ".join(doubt_label(code) for code in codes)


def doubt_question(code: str, *, year: int, last: Value, target: Value, indicator) -> str:
    """What the officer is asked about a value of *year*, with the numbers it is held against."""
    words = {
        "before": year - 1,
        "year": year,
        "last": value_in_words(last, indicator),
        "target": value_in_words(target, indicator),
        "unit": indicator.unit,
    }
    return {
        TEN_TIMES_LAST: _("%(before)d년 실적 %(last)s의 10배 이상입니다. 자릿수와 단위가 맞습니까?"),
        TENTH_OF_LAST: _("%(before)d년 실적 %(last)s의 10분의 1 이하입니다. 자릿수와 단위가 맞습니까?"),
        TEN_TIMES_TARGET: _("%(year)d년 목표 %(target)s의 10배 이상입니다. 자릿수와 단위가 맞습니까?"),
        TENTH_OF_TARGET: _("%(year)d년 목표 %(target)s의 10분의 1 이하입니다. 자릿수와 단위가 맞습니까?"),
        NOT_WHOLE: _("하나씩 세는 단위(%(unit)s)인데 소수가 있습니다. 값과 단위가 맞습니까?"),
        ABOVE_HUNDRED: _("비율인데 100%%를 넘습니다. 분자와 분모가 맞습니까?"),
        TOTAL_FELL: _("누계 지표인데 %(before)d년 실적 %(last)s보다 줄었습니다. 그해까지 더한 값이 맞습니까?"),
        WORSE: _("%(before)d년 실적 %(last)s보다 20%% 넘게 나빠졌습니다. 맞는 값입니까?"),
        SAME: _("%(before)d년 실적(%(last)s)과 똑같습니다. 지난해 값을 그대로 옮긴 것은 아닙니까?"),
    }[code] % words
