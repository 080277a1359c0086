"""Findings of the data check in the words people read: what each kind is, and why this one was found."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.checking.rules import budgets, milestones, results, structure, units
from indicators.checking.rules.facts import AREA, GOAL, INDICATOR, TARGET, TASK, Finding
from indicators.choices import Dimension, Direction, MissingReason
from indicators.wording import doubts_in_words

LABELS = {
    milestones.AGAINST_DIRECTION: gettext_lazy("방향과 어긋나는 목표치"),
    milestones.JUMP_BY_TEN: gettext_lazy("10배 이상 뛰는 목표치"),
    milestones.FLAT: gettext_lazy("해마다 같은 목표치"),
    milestones.WITHOUT_NUMBER: gettext_lazy("숫자 없는 목표치"),
    milestones.YEARS_MISSING: gettext_lazy("목표치가 빠진 연도"),
    milestones.SEVERAL_IN_ONE: gettext_lazy("한 값에 둘이 섞인 지표"),
    units.UNIT_NOT_OF_TITLE: gettext_lazy("지표명과 맞지 않는 단위"),
    units.UNIT_SUPPLIED: gettext_lazy("보충한 단위"),
    units.DIRECTION_SUPPLIED: gettext_lazy("보충한 방향"),
    units.BREAKDOWN_NOT_KEPT: gettext_lazy("받을 칸이 없는 세분화"),
    structure.SAME_TITLE: gettext_lazy("같은 이름"),
    structure.SAME_FORMULA: gettext_lazy("다른 지표와 같은 산식"),
    structure.SHARED_INDICATOR: gettext_lazy("여러 과제가 함께 쓰는 지표"),
    structure.TARGET_WITHOUT_TASKS: gettext_lazy("과제 없는 세부목표"),
    structure.TASK_WITHOUT_INDICATORS: gettext_lazy("지표 없는 과제"),
    budgets.AMOUNT_IMPLAUSIBLE: gettext_lazy("규모가 의심되는 금액"),
    budgets.AMOUNT_NOT_BUDGET: gettext_lazy("과제 예산과 다른 지표 금액"),
    budgets.BUDGET_SHARES: gettext_lazy("재원의 합이 맞지 않는 예산"),
    budgets.BUDGET_PRINTED: gettext_lazy("표기가 맞지 않는 예산"),
    results.WITHOUT_BASELINE: gettext_lazy("기준값 없는 지표"),
    results.BREAKDOWNS_NOT_REPORTED: gettext_lazy("보고되지 않은 세분화 값"),
    results.FAR_TWO_YEARS: gettext_lazy("두 해 이어 부진한 지표"),
    results.RESULT_OUT_OF_SCALE: gettext_lazy("크기가 의심되는 실적"),
    structure.NOTED: gettext_lazy("옮기면서 적어 둔 유의사항"),
}

SUBJECT_LABELS = {
    AREA: gettext_lazy("분야"),
    GOAL: gettext_lazy("목표"),
    TARGET: gettext_lazy("세부목표"),
    TASK: gettext_lazy("과제"),
    INDICATOR: gettext_lazy("지표"),
}


def _listed(parts) -> str:
    return ", ".join(map(str, parts))


def _years_and_words(found) -> str:
    return _listed(f"{year}년 {words}" for year, words in found)


def _steps(found) -> str:
    return _listed(f"{before_year}년 {before} → {year}년 {value}" for before_year, before, year, value in found)


def _direction(code: str) -> str:
    return str(Direction(code).label)


def _several(found) -> str:
    if isinstance(found[0], str):
        return _("단위(%(unit)s)에 둘이 섞여 있어 값 하나가 무엇을 센 것인지 알 수 없습니다.") % {"unit": found[0]}
    return _("한 칸에 숫자가 둘 적혀 있어 하나의 값으로 셈할 수 없습니다. %(values)s") % {
        "values": _years_and_words(found)
    }


def _of_milestones(code: str, v: dict) -> str:
    found = v["found"]
    if code == milestones.AGAINST_DIRECTION:
        words = {"direction": _direction(v["direction"]), "steps": _steps(found)}
        return _("방향은 ‘%(direction)s’인데 목표치는 반대로 움직입니다. %(steps)s") % words
    if code == milestones.JUMP_BY_TEN:
        return _("목표치가 10배 이상 뛰거나 10분의 1 이하로 줄어듭니다. %(steps)s") % {"steps": _steps(found)}
    if code == milestones.FLAT:
        return _("목표치가 계획 기간 내내 같아(%(value)s) 나아짐을 볼 수 없습니다.") % {"value": found[0]}
    if code == milestones.WITHOUT_NUMBER:
        return _("목표치가 숫자 없이 말로만 적혀 있습니다. %(values)s") % {"values": _years_and_words(found)}
    if code == milestones.YEARS_MISSING:
        return _("목표치가 없는 해가 있어 판정할 수 없습니다. %(years)s") % {
            "years": _listed(f"{year}년" for year in found)
        }
    return _several(found)


def _of_units(code: str, v: dict) -> str:
    if code == units.UNIT_NOT_OF_TITLE:
        words = {"words": _listed(v["words"]), "unit": v["unit"]}
        return _("지표명에 쓴 말(%(words)s)과 단위(%(unit)s)가 맞지 않습니다.") % words
    if code == units.UNIT_SUPPLIED:
        return _("단위(%(unit)s)는 보고서에 적혀 있지 않아 보충한 것입니다.") % v
    if code == units.DIRECTION_SUPPLIED:
        words = {"direction": _direction(v["direction"]), "reason": v["reason"]}
        return _("방향(%(direction)s)은 보고서에 적혀 있지 않아 보충한 것입니다. 까닭: %(reason)s") % words
    return _("지표명이 %(asked)s 구분을 요구하나 실적에는 그 구분을 적을 칸이 없습니다.") % {
        "asked": _listed(v["asked"])
    }


def _of_structure(code: str, v: dict) -> str:
    if code == structure.SAME_TITLE:
        return _("이름이 같은 것이 또 있어(%(others)s) 가려 읽기 어렵습니다.") % {"others": _listed(v["others"])}
    if code == structure.SAME_FORMULA:
        words = {"others": _listed(v["others"]), "text": v["text"]}
        return _("다른 것을 재는 지표(%(others)s)와 산식이 같습니다. 산식: %(text)s") % words
    if code == structure.SHARED_INDICATOR:
        words = {"count": len(v["tasks"]), "tasks": _listed(v["tasks"])}
        return _("과제 %(count)d개(%(tasks)s)가 이 지표 하나로 점검됩니다.") % words
    if code == structure.TARGET_WITHOUT_TASKS:
        return _("이 세부목표에는 이행과제가 없습니다.")
    if code == structure.TASK_WITHOUT_INDICATORS:
        return _("이 과제에는 이행지표가 없어 이행을 점검할 수 없습니다.")
    return " ".join(v["notes"])


def _budget_rows(v: dict) -> list[dict]:
    return [dict(zip(("label", "odd", "amount"), row, strict=True)) for row in v["found"]]


def _of_budgets(code: str, v: dict) -> str:
    if code == budgets.AMOUNT_IMPLAUSIBLE:
        return _("금액이 한 사업의 한 해 규모로 보기에 너무 크거나 작습니다. 단위를 확인해야 합니다. %(values)s") % {
            "values": _years_and_words(v["found"])
        }
    if code == budgets.AMOUNT_NOT_BUDGET:
        words = v | {"budgets": _listed(v["budgets"])}
        return _("%(year)d년 목표 금액(%(amount)s)이 과제 예산과 다릅니다. 과제 예산: %(budgets)s") % words
    if code == budgets.BUDGET_SHARES:
        return _("재원을 더하면 금액과 다릅니다. %(values)s") % {
            "values": _listed(_("%(label)s: 재원 합 %(odd)s, 금액 %(amount)s") % words for words in _budget_rows(v))
        }
    return _("적힌 금액의 자릿수나 셈이 맞지 않습니다. %(values)s") % {
        "values": _listed(_("%(label)s: 적힌 것 %(odd)s, 금액 %(amount)s") % words for words in _budget_rows(v))
    }


def _of_results(code: str, v: dict) -> str:
    if code == results.WITHOUT_BASELINE:
        if v["missing_reason"]:
            words = {"year": v["year"], "reason": MissingReason(v["missing_reason"]).label}
            return _("첫해(%(year)d년) 실적이 숫자로 없어(%(reason)s) 추이를 잴 출발점이 없습니다.") % words
        return _("첫해(%(year)d년) 실적이 공표되지 않아 추이를 잴 출발점이 없습니다.") % v
    if code == results.BREAKDOWNS_NOT_REPORTED:
        words = {
            "dimensions": _listed(Dimension(dimension).label for dimension in v["dimensions"]),
            "years": _listed(f"{year}년" for year in v["years"]),
        }
        return _("보고서가 요구하는 %(dimensions)s 구분의 값이 %(years)s 실적 어디에도 없습니다.") % words
    if code == results.FAR_TWO_YEARS:
        return _("실적이 두 해 이상 이어서 부진으로 판정되었습니다. %(values)s") % {
            "values": _years_and_words(v["found"])
        }
    return _("실적의 크기가 의심됩니다. %(values)s") % {
        "values": _listed(f"{year}년 {number}({doubts_in_words(doubts)})" for year, number, doubts in v["found"])
    }


def reason_in_words(finding: Finding) -> str:
    """Why the finding was made, in one or two sentences with the values put in."""
    for family, words in (
        (milestones, _of_milestones),
        (units, _of_units),
        (budgets, _of_budgets),
        (results, _of_results),
    ):
        if finding.code in family.CODES:
            return words(finding.code, finding.values)
    return _of_structure(finding.code, finding.values)
