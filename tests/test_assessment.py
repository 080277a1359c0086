"""The arithmetic of attainment: named cases, then what must hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.assessment import (
    DOWN,
    KEEP,
    UP,
    Bands,
    Coverage,
    assess,
    attainment,
    grade_attainment,
    verdict_attainment,
)

D = Decimal


@pytest.mark.parametrize(
    ("name", "direction", "target", "actual", "rate", "status", "reason"),
    [
        ("up, exactly met", UP, "320", "320", "1", "met", "rate"),
        ("up, more than met", UP, "303", "310", None, "met", "rate"),
        ("up, near at its lower edge", UP, "100", "90", "0.9", "near", "rate"),
        ("up, just below near", UP, "1000", "899", "0.899", "short", "rate"),
        ("up, short at its lower edge", UP, "100", "70", "0.7", "short", "rate"),
        ("up, just below short", UP, "1000", "699", "0.699", "poor", "rate"),
        ("up, nothing reached", UP, "100", "0", "0", "poor", "rate"),
        ("up, below nothing", UP, "100", "-50", "-0.5", "poor", "rate"),
        ("down, exactly met", DOWN, "10", "10", "1", "met", "rate"),
        ("down, better than met", DOWN, "100", "80", "1.2", "met", "rate"),
        ("down, a tenth too much", DOWN, "100", "110", "0.9", "near", "rate"),
        ("down, twice too much", DOWN, "100", "200", "0", "poor", "rate"),
        ("keep, exactly kept", KEEP, "40", "40", "1", "met", "rate"),
        ("keep, too much", KEEP, "40", "42", "0.95", "near", "rate"),
        ("keep, too little", KEEP, "40", "38", "0.95", "near", "rate"),
        ("zero target, up and at zero", UP, "0", "0", None, "met", "zero_target"),
        ("zero target, up and below", UP, "0", "-1", None, "poor", "zero_target"),
        ("zero target, down and at zero", DOWN, "0", "0", None, "met", "zero_target"),
        ("zero target, down and one too many", DOWN, "0", "1", None, "poor", "zero_target"),
        ("zero target, keep and off", KEEP, "0", "1", None, "poor", "zero_target"),
        ("negative target, up and reached", UP, "-10", "-10", "1", "met", "rate"),
        ("negative target, up and better", UP, "-10", "-9", "1.1", "met", "rate"),
        ("negative target, down and better", DOWN, "-10", "-11", "1.1", "met", "rate"),
        ("no result", UP, "10", None, None, "unrated", "no_actual"),
        ("no target", UP, None, "10", None, "unrated", "no_target"),
        ("neither", DOWN, None, None, None, "unrated", "no_actual"),
    ],
)
def test_attainment(name, direction, target, actual, rate, status, reason):
    found = attainment(direction, target and D(target), actual and D(actual))
    assert (found.status, found.reason) == (status, reason), name
    if rate is not None or reason != "rate":
        assert found.rate == (rate and D(rate)), name


@pytest.mark.parametrize(
    ("target", "actual", "status", "steps"),
    [("1", "1", "met", 0), ("2", "1", "met", 0), ("1", "2", "short", 1), ("1", "3", "poor", 2)],
)
def test_grades_are_met_or_steps_short_and_have_no_rate(target, actual, status, steps):
    found = grade_attainment(D(target), D(actual))
    assert (found.rate, found.status, found.steps) == (None, status, steps)


def test_a_text_needs_a_verdict():
    assert verdict_attainment("").status == "unrated"
    assert verdict_attainment("").reason == "no_verdict"
    assert verdict_attainment("near").status == "near"


@pytest.mark.parametrize(
    ("given_values", "reason"),
    [
        ({"actual": None}, "no_actual"),
        ({"target": None}, "no_target"),
        ({"target": None, "target_text": "수요조사"}, "no_verdict"),
        ({"target": None, "target_text": "수요조사", "verdict": "met"}, "verdict"),
        ({"actual": None, "actual_text": "조사 완료", "verdict": "met"}, "verdict"),
        ({"kind": "grade"}, "grade"),
        ({}, "rate"),
    ],
)
def test_the_rule_follows_what_stands_on_both_sides(given_values, reason):
    values = {
        "kind": "number",
        "direction": UP,
        "target": D(2),
        "target_text": "",
        "actual": D(2),
        "actual_text": "",
        "verdict": "",
    }
    assert assess(**values | given_values).reason == reason


def test_bands_of_a_plan_decide():
    strict = Bands(met=D("1.1"), near=D("1"), short=D("0.9"))
    assert attainment(UP, D(100), D(105), strict).status == "near"
    assert attainment(UP, D(100), D(99), strict).status == "short"


@pytest.mark.parametrize(
    ("rated", "total", "reached"), [(6, 10, True), (59, 100, False), (60, 100, True), (0, 0, False)]
)
def test_coverage_floor(rated, total, reached):
    assert Coverage(rated, total).reaches(D("0.6")) is reached


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
directions = st.sampled_from([UP, DOWN, KEEP])


@given(directions, st.none() | numbers, st.none() | numbers)
def test_it_never_fails_and_missing_is_never_a_rate(direction, target, actual):
    found = attainment(direction, target, actual)
    assert (found.rate is None) == (found.reason != "rate")
    if target is None or actual is None:
        assert found.status == "unrated"


@given(directions, numbers)
def test_reaching_the_target_is_met(direction, target):
    assert attainment(direction, target, target).status == "met"


@given(numbers.filter(bool), numbers, numbers)
def test_the_rate_grows_with_the_result_up_and_falls_down(target, one, other):
    low, high = sorted([one, other])
    assert attainment(UP, target, low).rate <= attainment(UP, target, high).rate
    assert attainment(DOWN, target, low).rate >= attainment(DOWN, target, high).rate


@given(directions, numbers.filter(bool), numbers, st.sampled_from([D("0.001"), D(10), D(1000)]))
def test_the_rate_does_not_depend_on_the_scale_of_the_unit(direction, target, actual, factor):
    plain = attainment(direction, target, actual).rate
    scaled = attainment(direction, target * factor, actual * factor).rate
    assert abs(plain - scaled) <= D("1e-12") * max(1, abs(plain))
