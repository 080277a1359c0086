"""Figures and verdicts in the words people read. Used by pages, traces and reports alike."""

from decimal import ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

from sdgplan.lib.values import Value, format_number

from .choices import Dimension, MissingReason, Status
from .doubts import ABOVE_HUNDRED, SAME, TEN_TIMES_LAST, TEN_TIMES_TARGET, TENTH_OF_LAST, TENTH_OF_TARGET, WORSE

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
        return _("목표가 0이어서 달성률을 셈하지 않고, 실적이 %(actual)s인지로만 판정했습니다.") % {
            "actual": actual_words
        }
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
    }
    return {
        TEN_TIMES_LAST: _("%(before)d년 실적 %(last)s의 10배 이상입니다. 자릿수와 단위가 맞습니까?"),
        TENTH_OF_LAST: _("%(before)d년 실적 %(last)s의 10분의 1 이하입니다. 자릿수와 단위가 맞습니까?"),
        TEN_TIMES_TARGET: _("%(year)d년 목표 %(target)s의 10배 이상입니다. 자릿수와 단위가 맞습니까?"),
        TENTH_OF_TARGET: _("%(year)d년 목표 %(target)s의 10분의 1 이하입니다. 자릿수와 단위가 맞습니까?"),
        ABOVE_HUNDRED: _("비율인데 100%%를 넘습니다. 분자와 분모가 맞습니까?"),
        WORSE: _("%(before)d년 실적 %(last)s보다 20%% 넘게 나빠졌습니다. 맞는 값입니까?"),
        SAME: _("%(before)d년 실적(%(last)s)과 똑같습니다. 지난해 값을 그대로 옮긴 것은 아닙니까?"),
    }[code] % words
