"""The grid typed through with the keyboard: down with Enter, right with Tab, each row saved when it is left."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import User
from indicators import services
from indicators.models import Result

pytestmark = pytest.mark.browser


def test_the_grid_saves_each_row_as_it_is_left(demo_plan, sign_in):
    page = sign_in("officer-climate-environment")
    page.get_by_role("link", name="한 표에서 입력").click()
    values = page.locator("td.grid-value input:not([type=hidden])")
    assert values.count() > 3
    codes = [values.nth(n).evaluate("e => e.closest('tbody').dataset.row") for n in range(3)]
    first, second, third = (page.locator(f"#row-{code}") for code in codes)

    def box(row):
        return row.locator("td.grid-value input:not([type=hidden])")

    # Enter goes down, and the row that was left says when it was saved.
    box(first).fill("58.2")
    expect(first).to_have_class(re.compile("is-unsaved"))
    box(first).press("Enter")
    expect(box(second)).to_be_focused()
    expect(first.locator(".grid-outcome")).to_have_text(re.compile(r"저장됨\s+\d\d:\d\d"))
    expect(first).not_to_have_class(re.compile("is-unsaved"))
    assert Result.objects.get(round__year=2024, indicator=codes[0]).value == Decimal("58.2")

    # An error stays in its row with what was typed; the row is still unsaved, and leaving the page is asked about.
    box(third).fill("열")
    box(third).press("Tab")
    third.locator("td.grid-words textarea").press("Enter")
    expect(third.locator(".errorlist")).to_contain_text("숫자로 입력해 주십시오.")
    expect(box(third)).to_have_value("열")
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    page.evaluate("location.reload()")
    expect(box(third)).to_have_value("열")
    assert asked == ["beforeunload"]

    # Somebody else saves the row meanwhile: both contents stand in the row, nothing typed is lost.
    colleague = User.objects.get(username="officer-climate-environment")
    result = Result.objects.get(round__year=2024, indicator=codes[0])
    services.save_result(actor=colleague, result=result, new={"explanation": "동료의 설명"})
    box(first).fill("58.3")
    box(first).press("Enter")
    expect(first).to_contain_text("먼저 저장했습니다")
    expect(first).to_contain_text("동료의 설명")
    expect(box(first)).to_have_value("58.3")
