"""Doubts about unit, direction and breakdowns: what a title asks for, and what was supplied beside the report."""

import re
from collections.abc import Callable, Iterator

from indicators.checking.rules.facts import Finding, IndicatorFacts, PlanFacts

UNIT_NOT_OF_TITLE, UNIT_SUPPLIED, DIRECTION_SUPPLIED = "unit_not_of_title", "unit_supplied", "direction_supplied"
BREAKDOWN_NOT_KEPT = "breakdown_not_kept"
CODES = [UNIT_NOT_OF_TITLE, UNIT_SUPPLIED, DIRECTION_SUPPLIED, BREAKDOWN_NOT_KEPT]

# 율 and 률 end a word (효율화 does not count), and a few words end so without being rates.
_RATE = re.compile(r"비율|비중|(?<![자조])[율률](?![가-힣])")


def _has(*units: str) -> Callable[[str], bool]:
    return lambda unit: any(wanted in unit for wanted in units)


# A word of a title, and whether a unit fits it.
_COUNTS: list[tuple[re.Pattern, Callable[[str], bool]]] = [
    (re.compile(r"건수"), _has("건")),
    (re.compile(r"횟수"), _has("회")),
    (re.compile(r"개소(?![가-힣])|개소 ?수"), _has("개소")),
    (re.compile(r"대수(?![가-힣])"), _has("대")),
    (re.compile(r"가구 ?수"), _has("가구")),
    (re.compile(r"인원(?![가-힣])|(?:참여자|이용자|가입자|위원) ?수(?![가-힣])"), _has("명")),
    (re.compile(r"면적"), _has("㎡", "㎢", "ha")),
    (re.compile(r"(?:예산|금액|비용|징수액)(?: 규모)?(?=\(|$)"), _has("원")),
    (re.compile(r"등급"), _has("등급")),
]
_ALWAYS: list[tuple[re.Pattern, Callable[[str], bool]]] = [
    (re.compile(r"ppm"), _has("ppm")),
    (re.compile(r"1인당"), lambda unit: unit not in {"톤", "천톤", "백만원", "억원"}),
]
_PER_CENT = {"%", "‰"}

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_BY = re.compile(r"(?:[가-힣]+ )?[가-힣]+별(?![가-힣])")
_KEPT = re.compile(r"^(?:성|연령|장애|이주\S*)별$")


def find(plan: PlanFacts) -> Iterator[Finding]:
    for indicator in plan.indicators:
        words = _unfitting(indicator)
        if words:
            yield Finding(UNIT_NOT_OF_TITLE, indicator.subject, {"words": words, "unit": indicator.unit})
        if indicator.unit and not indicator.unit_printed:
            yield Finding(UNIT_SUPPLIED, indicator.subject, {"unit": indicator.unit})
        if indicator.direction_reason:
            supplied = {"direction": indicator.direction, "reason": indicator.direction_reason}
            yield Finding(DIRECTION_SUPPLIED, indicator.subject, supplied)
        asked = [word for inside in _BRACKETS.findall(indicator.title) for word in _BY.findall(inside)]
        unkept = [word for word in asked if not _KEPT.match(word)]
        if unkept:
            yield Finding(BREAKDOWN_NOT_KEPT, indicator.subject, {"asked": unkept})


def _unfitting(indicator: IndicatorFacts) -> list[str]:
    """Words of the title that the unit does not fit. A title that names a rate is measured as one, whatever else
    it counts."""
    if not indicator.unit:
        return []
    unit, rate = indicator.unit, _RATE.search(indicator.title)
    found = []
    if rate and unit not in _PER_CENT and "/" not in unit:
        found.append(_whole_word(indicator.title, rate))
    for pattern, fits in _ALWAYS if rate else [*_ALWAYS, *_COUNTS]:
        word = pattern.search(indicator.title)
        if word and not fits(unit):
            found.append(word.group())
    return found


def _whole_word(title: str, match: re.Match) -> str:
    """The word that *match* ends, such as 재활용률."""
    return re.search(r"[가-힣]*$", title[: match.start()]).group() + match.group()
