"""The pure helpers: numbers as people type and read them, codes, charts and cells."""

from decimal import Decimal

import pytest
from django import forms
from django.db.models import TextChoices
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html
from hypothesis import given
from hypothesis import strategies as st

from commons.charts import HEIGHT, WIDTH, axis_label, line_chart, nice_step, sparkline
from commons.codes import parent_code, sort_code
from commons.tables import safe_cell, write_csv
from commons.templatetags.ui import tag
from commons.text import search_words
from commons.values import format_number
from commons.widgets import PrintingRenderer, QuickSelect

D = Decimal


@pytest.mark.parametrize(
    ("number", "decimals", "written"),
    [("1234.5", 0, "1,234.5"), ("1234", 2, "1,234.00"), ("0", 0, "0"), ("-0.50", 0, "-0.5"), ("1E+3", 0, "1,000")],
)
def test_numbers_keep_every_decimal_they_have(number, decimals, written):
    assert format_number(D(number), decimals) == written


def test_codes_sort_naturally():
    codes = ["2-1-10", "2-1-9", "10-1", "2-1", "1-1-1"]
    assert sorted(codes, key=sort_code) == ["1-1-1", "2-1", "2-1-9", "2-1-10", "10-1"]


@pytest.mark.parametrize("code", ["", "1-", "0-1", "1-1a", "１-1", "1-1-➊"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValueError):
        sort_code(code)


def test_the_parent_of_a_code():
    assert parent_code("2-1-10") == "2-1"
    assert parent_code("2") == ""


def test_search_words_are_composed_and_few():
    assert search_words("  어르신  돌봄 ") == ["어르신", "돌봄"]
    assert search_words("\u1112\u1161\u11ab") == ["한"]
    assert len(search_words("가 " * 50)) == 8


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("@cmd", "'@cmd"),
        ("+82", "+82"),
        ("-5", "-5"),
        ("-", "'-"),
        ("\tx", "'\tx"),
        (None, ""),
        ("보통", "보통"),
    ],
)
def test_cells_never_turn_into_formulas(cell, written):
    assert safe_cell(cell) == written


def test_csv_opens_in_a_korean_spreadsheet(tmp_path):
    path = tmp_path / "t.csv"
    assert write_csv(path, ["번호", "이름"], [(1, "서대문구"), (2, "=x")]) == 2
    assert path.read_bytes() == "\ufeff번호,이름\r\n1,서대문구\r\n2,'=x\r\n".encode()


optional_numbers = st.none() | st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@given(
    st.lists(optional_numbers, min_size=5, max_size=5),
    st.lists(optional_numbers, min_size=5, max_size=5),
    st.booleans(),
    st.booleans(),
)
def test_every_point_of_a_chart_lies_on_it(targets, actuals, from_zero, best_is_low):
    years = [2022, 2023, 2024, 2025, 2026]
    chart = line_chart(years, targets, actuals, from_zero=from_zero, best_is_low=best_is_low)
    if all(n is None for n in targets + actuals):
        assert chart is None
        return
    assert len(chart.target_marks) == sum(n is not None for n in targets)
    assert len(chart.actual_marks) == sum(n is not None for n in actuals)
    for mark in chart.target_marks + chart.actual_marks + chart.ticks:
        assert 0 <= float(mark.x) <= WIDTH
        assert 0 <= float(mark.y) <= HEIGHT
    assert 2 <= len(chart.ticks) <= 8


def test_a_missing_year_breaks_the_line():
    chart = line_chart([1, 2, 3, 4, 5], [D(1)] * 5, [D(1), D(2), None, D(4), D(5)])
    assert len(chart.actual_lines) == 2
    assert len(chart.target_lines) == 1


def test_amounts_start_at_zero_and_rates_say_when_they_do_not():
    amounts = line_chart([1, 2], [D(90), D(95)], [None, None])
    rates = line_chart([1, 2], [D(90), D(95)], [None, None], from_zero=False)
    assert amounts.ticks[0].label == "0"
    assert not amounts.broken_axis
    assert rates.broken_axis


def test_the_best_grade_stands_on_top():
    chart = line_chart([1, 2], [D(2), D(1)], [None, None], best_is_low=True)
    second, first = chart.target_marks
    assert float(first.y) < float(second.y)


@pytest.mark.parametrize(("span", "step"), [("100", "25"), ("7", "2"), ("0", "1"), ("0.9", "0.25"), ("4000", "1000")])
def test_steps_are_round(span, step):
    assert nice_step(D(span)) == D(step)


@pytest.mark.parametrize(
    ("number", "label"),
    [("1500000", "150만"), ("300000000", "3억"), ("50000", "50,000"), ("250000", "25만"), ("0", "0"), ("1.5", "1.5")],
)
def test_ticks_are_short(number, label):
    assert axis_label(D(number)) == label


@given(st.lists(optional_numbers, max_size=6))
def test_sparklines_leave_gaps(values):
    lines, last = sparkline(values)
    assert (last is None) == all(v is None for v in values)
    assert all(len(line.split()) > 1 for line in lines)


def test_members_of_two_lists_keep_their_own_labels():
    """They are equal as text, so a badge must be remembered for the list as well."""
    one = TextChoices("One", {"OTHER": ("other", "그 밖의 것")})
    two = TextChoices("Two", {"OTHER": ("other", "다른 부서")})
    assert one.OTHER == two.OTHER
    assert ("그 밖의 것" in tag(one.OTHER), "다른 부서" in tag(two.OTHER)) == (True, True)


class TypedForm(forms.Form):
    words = forms.CharField(
        help_text="적습니다.", max_length=10, widget=forms.TextInput(attrs={"aria-label": "<'\"&>"})
    )
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    mail = forms.EmailField(required=False)
    number = forms.IntegerField(min_value=0, disabled=True)
    day = forms.DateField(required=False)
    hidden = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreed = forms.BooleanField(required=False)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 2, "autofocus": True, "spellcheck": False}))
    choice = forms.ChoiceField(choices=[("", "선택"), ("1", "<하나>"), ("모음", [("a&b", "가"), (2, "나")])])
    several = forms.MultipleChoiceField(choices=[("1", "하나"), ("2", "둘")], required=False)


TYPED = [
    None,
    {},
    {"words": "<b>'\"&</b>", "number": "1", "text": "\n<p>\r\n&", "choice": "a&b", "agreed": "on", "hidden": "0"},
    {
        "words": "너무 긴 말은 받지 않습니다",
        "mail": "x",
        "day": "어제",
        "choice": "2",
        "several": ["2", "<3>"],
        "hidden": "x",
    },
]


@pytest.mark.parametrize("data", TYPED)
@pytest.mark.parametrize("prefix", [None, "r1"])
def test_widgets_are_printed_as_djangos_templates_do(data, prefix):
    data = data and {f"{prefix}-{name}" if prefix else name: value for name, value in data.items()}
    printed, django = (
        TypedForm(data, prefix=prefix, renderer=renderer, initial={"number": 3})
        for renderer in (None, TemplatesSetting())
    )
    assert isinstance(printed.renderer, PrintingRenderer)
    for field in TypedForm.base_fields:
        same = parse_html if field in ("choice", "several") else str  # Django's template of a select leaves empty lines
        assert same(str(printed[field])) == same(str(django[field]))
        assert str(printed[field].errors) == str(django[field].errors)
    assert str(printed.non_field_errors()) == str(django.non_field_errors())


@pytest.mark.parametrize("value", [None, "", "1", 2, "<b>", "unknown"])
def test_a_quick_select_is_the_same_as_djangos(value):
    choices = [("", "전체"), ("1", "하나"), (2, "둘"), ("<b>", "<i>'\"&")]
    attrs = {"id": "id_unit", "required": True, "aria-describedby": "id_unit_error"}
    quick, django = (kind(choices=choices).render("unit", value, attrs) for kind in (QuickSelect, forms.Select))
    assert parse_html(quick) == parse_html(django)
