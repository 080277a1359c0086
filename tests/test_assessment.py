"""The arithmetic of attainment: named cases, then what must hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.assessment import (
    DOWN,
    KEEP,
    LAGGING,
    ON_TRACK,
    REGRESS,
    SLOW,
    UNDEFINED,
    UP,
    Bands,
    Coverage,
    assess,
    assess_trajectory,
    attainment,
    compound_growth,
    grade_attainment,
    grade_trajectory,
    track_of,
    trajectory,
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
        ("zero target, keep and at zero", KEEP, "0", "0", None, "met", "zero_target"),
        ("zero target, down and below zero", DOWN, "0", "-3", None, "met", "zero_target"),
        ("zero target, up and above", UP, "0", "7", None, "met", "zero_target"),
        ("negative target, down and worse", DOWN, "-10", "-9", "0.9", "near", "rate"),
        ("negative target, keep and off", KEEP, "-10", "-9", "0.9", "near", "rate"),
        ("negative target, up and far below", UP, "-10", "-30", "-1", "poor", "rate"),
        ("zero result is a result", DOWN, "10", "0", "2", "met", "rate"),
        ("keep, at double the target", KEEP, "10", "20", "0", "poor", "rate"),
        ("running total against running total", UP, "6500", "6175", "0.95", "near", "rate"),
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
    [
        ("1", "1", "met", 0),
        ("2", "1", "met", 0),
        ("1", "2", "short", 1),
        ("1", "3", "poor", 2),
        ("1", "1.5", "short", 1),
        ("1", "9e9", "poor", 99),
    ],
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
        ({"target": None, "target_text": "1,500/510", "actual": None, "actual_text": "1,500/500"}, "no_verdict"),
        ({"target": None, "target_text": "80~90", "actual": D(85)}, "no_verdict"),
        ({"target": None, "target_text": "80~90", "actual": D(85), "verdict": "met"}, "verdict"),
        ({"actual": None, "target": None}, "no_actual"),
        ({"actual": None, "verdict": "met"}, "no_actual"),
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


@pytest.mark.parametrize(
    ("best", "rated", "total", "score"),
    [(3, 6, 10, "0.5"), (6, 6, 6, "1"), (0, 6, 10, "0"), (5, 5, 10, None), (0, 0, 0, None)],
)
def test_an_aggregate_has_a_score_from_the_coverage_floor_up(best, rated, total, score):
    assert Coverage(rated, total).score(best, D("0.6")) == (score and D(score))


def test_without_a_floor_an_aggregate_of_nothing_has_no_score():
    assert Coverage(0, 4).score(0, D(0)) is None


def points_of(*pairs):
    return [(year, None if value is None else D(value)) for year, value in pairs]


TRAJECTORIES = [
    # name, direction, points, final, pace, track, reason
    ("exactly on the line", UP, [(2022, 100), (2024, 150)], (2026, 200), "1", ON_TRACK, "pace"),
    ("down, exactly on the line", DOWN, [(2022, 100), (2024, 75)], (2026, 50), "1", ON_TRACK, "pace"),
    ("at the lower edge of on track", UP, [(2022, 0), (2024, "47.5")], (2026, 100), "0.95", ON_TRACK, "pace"),
    ("just below on track", UP, [(2022, 0), (2024, "47.4")], (2026, 100), "0.948", SLOW, "pace"),
    ("at the lower edge of slow", UP, [(2022, 0), (2024, 30)], (2026, 100), "0.6", SLOW, "pace"),
    ("just below slow", UP, [(2022, 0), (2024, "29.9")], (2026, 100), "0.598", LAGGING, "pace"),
    ("standstill", UP, [(2022, 100), (2025, 100)], (2026, 200), "0", LAGGING, "pace"),
    ("regress", UP, [(2022, 100), (2024, 90)], (2026, 200), "-0.2", REGRESS, "pace"),
    ("down, regress", DOWN, [(2022, 100), (2024, 110)], (2026, 50), "-0.4", REGRESS, "pace"),
    ("reached early", UP, [(2022, 100), (2023, 200)], (2026, 200), "4", ON_TRACK, "pace"),
    ("in the last year, reached", UP, [(2022, 100), (2026, 200)], (2026, 200), "1", ON_TRACK, "pace"),
    ("in the last year, half way", UP, [(2022, 100), (2026, 150)], (2026, 200), "0.5", LAGGING, "pace"),
    ("after the last year the whole way counts", UP, [(2022, 0), (2026, 90)], (2025, 100), "0.9", SLOW, "pace"),
    ("a gap between the years", UP, [(2022, 100), (2023, None), (2024, 150)], (2026, 200), "1", ON_TRACK, "pace"),
    ("the first year is missing", UP, [(2022, None), (2023, 100), (2024, 150)], (2027, 300), "1", ON_TRACK, "pace"),
    ("only the ends count", UP, [(2022, 100), (2023, 500), (2024, 150)], (2026, 200), "1", ON_TRACK, "pace"),
    ("the order given does not count", UP, [(2024, 150), (2022, 100)], (2026, 200), "1", ON_TRACK, "pace"),
    ("through zero", UP, [(2022, -50), (2024, 0)], (2026, 50), "1", ON_TRACK, "pace"),
    ("negative target, down", DOWN, [(2022, 0), (2024, -5)], (2026, -10), "1", ON_TRACK, "pace"),
    ("last target zero", DOWN, [(2022, 8), (2024, 4)], (2026, 0), "1", ON_TRACK, "pace"),
    ("start at the target, held", UP, [(2022, 200), (2023, 200)], (2026, 200), None, ON_TRACK, "held"),
    ("start beyond the target, held", UP, [(2022, 300), (2023, 250)], (2026, 200), None, ON_TRACK, "held"),
    ("start at the target, closely missed", UP, [(2022, 200), (2023, 190)], (2026, 200), None, SLOW, "slipped"),
    ("start at the target, given up", UP, [(2022, 200), (2023, "189.9")], (2026, 200), None, REGRESS, "lost"),
    ("target against the direction, held", DOWN, [(2022, 10), (2023, 11)], (2026, 12), None, ON_TRACK, "held"),
    ("target against the direction, passed", DOWN, [(2022, 10), (2023, 13)], (2026, 12), None, REGRESS, "lost"),
    ("start at zero, the target, given up", DOWN, [(2022, 0), (2023, 1)], (2026, 0), None, REGRESS, "lost"),
    ("one year alone, at the target", UP, [(2022, 200)], (2026, 200), None, ON_TRACK, "held"),
    ("keep, half of the distance in half time", KEEP, [(2022, 20), (2024, 30)], (2026, 40), "1", ON_TRACK, "pace"),
    ("keep, from above", KEEP, [(2022, 60), (2024, 50)], (2026, 40), "1", ON_TRACK, "pace"),
    ("keep, past the target", KEEP, [(2022, 30), (2024, 46)], (2026, 40), "0.8", SLOW, "pace"),
    ("keep, further away", KEEP, [(2022, 30), (2024, 28)], (2026, 40), "-0.4", REGRESS, "pace"),
    ("keep, within five hundredths", KEEP, [(2022, 32), (2025, 38)], (2026, 40), "1", ON_TRACK, "reached"),
    ("keep, late but within five hundredths", KEEP, [(2022, 37), (2026, 38)], (2026, 40), None, ON_TRACK, "reached"),
    ("keep, held", KEEP, [(2022, 40), (2023, 41)], (2026, 40), None, ON_TRACK, "held"),
    ("keep, given up", KEEP, [(2022, 40), (2023, 43)], (2026, 40), None, REGRESS, "lost"),
    ("one year alone", UP, [(2022, 100)], (2026, 200), None, UNDEFINED, "one_point"),
    ("one year with a value", UP, [(2022, None), (2023, 100)], (2026, 200), None, UNDEFINED, "one_point"),
    ("the same year twice", UP, [(2022, 100), (2022, 110)], (2026, 200), None, UNDEFINED, "same_year"),
    ("no time left from the start", UP, [(2026, 100), (2027, 110)], (2026, 200), None, UNDEFINED, "no_time"),
    ("this year is missing", UP, [(2022, 100), (2023, None)], (2026, 200), None, UNDEFINED, "no_actual"),
    ("nothing at all", UP, [], (2026, 200), None, UNDEFINED, "no_actual"),
    ("no last target", UP, [(2022, 100), (2023, 110)], None, None, UNDEFINED, "no_final"),
    ("a last target without a value", UP, [(2022, 100), (2023, 110)], (2026, None), None, UNDEFINED, "no_final"),
]


@pytest.mark.parametrize(
    ("direction", "points", "final", "pace", "track", "reason"),
    [case[1:] for case in TRAJECTORIES],
    ids=[case[0] for case in TRAJECTORIES],
)
def test_trajectory(direction, points, final, pace, track, reason):
    found = trajectory(direction, points_of(*points), points_of(final)[0] if final else None)
    assert (found.track, found.reason) == (track, reason)
    if reason != "reached" or pace:
        assert found.pace == (pace and D(pace))


@pytest.mark.parametrize(
    ("first", "last", "final", "track", "reason"),
    [
        ("2", "1", "1", ON_TRACK, "grade"),
        ("3", "1", "2", ON_TRACK, "grade"),
        ("2", "2", "1", LAGGING, "grade"),
        ("2", "3", "1", REGRESS, "grade"),
        ("4", "3", "1", UNDEFINED, "grade"),
        ("1", "1", "1", ON_TRACK, "held"),
        ("1", "2", "1", REGRESS, "lost"),
        ("2", None, "1", UNDEFINED, "no_actual"),
        ("2", "2", None, UNDEFINED, "no_final"),
    ],
)
def test_of_grades_order_alone_is_told(first, last, final, track, reason):
    found = grade_trajectory(points_of((2022, first), (2023, last)), points_of((2026, final))[0])
    assert (found.pace, found.track, found.reason) == (None, track, reason)


@pytest.mark.parametrize(
    ("given_values", "reason"),
    [
        ({}, "pace"),
        ({"kind": "grade"}, "grade"),
        ({"actual_text": "조사 완료", "points": points_of((2022, 3), (2023, None))}, "words"),
        ({"final": (2026, None), "final_text": "수요조사"}, "final_in_words"),
        ({"final": None}, "no_final"),
        ({"final_text": "수요조사", "final": (2026, None), "points": points_of((2022, None))}, "no_actual"),
    ],
)
def test_the_rule_of_the_trajectory_follows_what_there_is(given_values, reason):
    values = {
        "kind": "number",
        "direction": DOWN,
        "points": points_of((2022, 3), (2023, 2)),
        "actual_text": "",
        "final": (2026, D(1)),
        "final_text": "",
    }
    assert assess_trajectory(**values | given_values).reason == reason


@pytest.mark.parametrize(
    ("direction", "points", "final", "category", "reason"),
    [
        (UP, [(2022, 100), (2024, 121)], (2026, "146.41"), "on_track", "ratio"),
        (DOWN, [(2022, 100), (2024, 75)], (2026, 50), "acceleration", "ratio"),
        (UP, [(2022, 100), (2024, 110)], (2026, 200), "limited", "ratio"),
        (UP, [(2022, 100), (2024, 90)], (2026, 200), "deterioration", "ratio"),
        (UP, [(2022, 100), (2024, 100)], (2026, 200), "limited", "ratio"),
        (UP, [(2022, 100), (2024, 220)], (2026, 200), "achieved", "achieved"),
        (UP, [(2022, 0), (2024, 90)], (2026, 200), "", "not_positive"),
        (UP, [(2022, 200), (2024, 190)], (2026, 200), "", "level_target"),
        (KEEP, [(2022, 100), (2024, 90)], (2026, 95), "", "keep"),
        (UP, [(2022, 100)], (2026, 200), "", "one_point"),
        (UP, [(2022, 100), (2022, 110)], (2026, 200), "", "same_year"),
        (UP, [(2026, 100), (2027, 110)], (2026, 200), "", "no_time"),
        (UP, [(2022, 100), (2023, None)], (2026, 200), "", "no_actual"),
        (UP, [(2022, 100), (2023, 110)], None, "", "no_final"),
    ],
)
def test_compound_growth_as_open_sdg_publishes_it(direction, points, final, category, reason):
    found = compound_growth(direction, points_of(*points), points_of(final)[0] if final else None)
    assert (found.category, found.reason) == (category, reason)
    assert (found.ratio is None) == (reason != "ratio")


def test_falling_exactly_on_the_line_is_on_track_here_and_late_by_compound_growth():
    points, final = points_of((2022, "2.5"), (2024, "2.0")), (2026, D("1.5"))
    assert trajectory(DOWN, points, final).pace == 1
    growth = compound_growth(DOWN, points, final)
    assert growth.category == "acceleration"
    assert round(growth.observed, 4) == D("-0.1056")
    assert round(growth.required, 4) == D("-0.1199")
    assert round(growth.ratio, 3) == D("0.881")


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
directions = st.sampled_from([UP, DOWN, KEEP])
huge = st.decimals(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [D("1E+999999"), D("-1E+999999"), D("1E-999999"), D(0), D("9" * 40)]
)


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


@given(directions, st.none() | huge, st.none() | huge)
def test_not_even_huge_or_tiny_numbers_raise(direction, target, actual):
    assert attainment(direction, target, actual).status in ("met", "near", "short", "poor", "unrated")
    assert grade_attainment(target, actual).rate is None


@given(numbers.filter(bool), numbers, numbers)
def test_the_closer_to_a_target_that_is_kept_the_higher_the_rate(target, one, other):
    near, far = sorted([one, other], key=lambda n: abs(n - target))
    assert attainment(KEEP, target, near).rate >= attainment(KEEP, target, far).rate


@given(directions, numbers, st.none())
def test_missing_is_never_zero(direction, target, actual):
    assert attainment(direction, target, actual).rate is None
    assert trajectory(direction, [(2022, target), (2023, actual)], (2026, target)).track == UNDEFINED


years = st.integers(min_value=2000, max_value=2100)
series = st.lists(st.tuples(years, st.none() | numbers), max_size=6)
ORDER = [REGRESS, LAGGING, SLOW, ON_TRACK]


@given(directions, st.lists(st.tuples(years, st.none() | huge), max_size=6), st.none() | st.tuples(years, huge))
def test_a_trajectory_never_fails_and_has_a_reason(direction, points, final):
    for found in (trajectory(direction, points, final), grade_trajectory(points, final)):
        assert found.reason
        assert found.track in (*ORDER, UNDEFINED)
    growth = compound_growth(direction, points, final)
    assert (growth.ratio is None) == (growth.reason != "ratio")


@given(directions, series, st.none() | st.tuples(years, st.none() | numbers))
def test_a_pace_has_its_track_and_a_regress_is_never_no_data(direction, points, final):
    found = trajectory(direction, points, final)
    if found.reason == "pace":
        assert found.track == track_of(found.pace)
        assert (found.track == REGRESS) == (found.pace < 0)
    if found.track == UNDEFINED:
        assert found.reason in ("no_actual", "no_final", "one_point", "same_year", "no_time")


@given(directions, numbers, numbers)
def test_being_at_the_last_target_in_time_is_on_track(direction, start, target):
    found = trajectory(direction, [(2022, start), (2026, target)], (2026, target))
    assert found.track == ON_TRACK
    assert found.pace in (None, 1)


@given(directions, numbers, numbers, st.integers(min_value=2023, max_value=2025))
def test_a_point_on_the_straight_line_has_a_pace_of_one(direction, start, way, year):
    sign = {UP: 1, DOWN: -1, KEEP: 1}[direction]
    target = start + 4 * abs(way) * sign
    now = start + (year - 2022) * abs(way) * sign
    found = trajectory(direction, [(2022, start), (year, now)], (2026, target))
    assert found.track == ON_TRACK
    assert found.pace in (None, 1)


@given(st.sampled_from([UP, DOWN]), numbers, numbers, numbers, numbers, st.integers(min_value=2023, max_value=2027))
def test_a_better_result_never_has_a_worse_track(direction, start, target, one, other, year):
    worse, better = sorted([one, other], reverse=direction == DOWN)
    tracks = [trajectory(direction, [(2022, start), (year, now)], (2026, target)) for now in (worse, better)]
    assert ORDER.index(tracks[0].track) <= ORDER.index(tracks[1].track)
    if tracks[0].pace is not None:
        assert tracks[0].pace <= tracks[1].pace


@given(numbers, numbers, numbers, numbers, st.integers(min_value=2023, max_value=2027))
def test_a_kept_target_is_judged_by_its_distance(start, target, one, other, year):
    better, worse = sorted([one, other], key=lambda n: abs(n - target))
    tracks = [trajectory(KEEP, [(2022, start), (year, now)], (2026, target)) for now in (worse, better)]
    assert ORDER.index(tracks[0].track) <= ORDER.index(tracks[1].track)


@given(directions, numbers, numbers, numbers, st.sampled_from([D("0.001"), D(10), D(1000)]))
def test_a_track_does_not_depend_on_the_scale_of_the_unit(direction, start, now, target, factor):
    plain = trajectory(direction, [(2022, start), (2023, now)], (2026, target))
    scaled = trajectory(direction, [(2022, start * factor), (2023, now * factor)], (2026, target * factor))
    assert plain == scaled


@given(st.lists(numbers, min_size=3, max_size=3))
def test_grades_that_get_worse_never_look_better(grades):
    start, one, other = grades
    better, worse = sorted([one, other])
    order = {REGRESS: 0, LAGGING: 1, UNDEFINED: 2, SLOW: 2, ON_TRACK: 3}
    tracks = [grade_trajectory([(2022, start), (2023, now)], (2026, D(1))).track for now in (worse, better)]
    assert order[tracks[0]] <= order[tracks[1]]


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=0, max_value=200), st.data())
def test_a_score_is_a_share_or_nothing(rated, unrated, data):
    best = data.draw(st.integers(min_value=0, max_value=rated))
    coverage = Coverage(rated, rated + unrated)
    score = coverage.score(best, D("0.6"))
    assert (score is None) == (rated == 0 or not coverage.reaches(D("0.6")))
    assert score is None or 0 <= score <= 1
