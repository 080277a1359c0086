"""Templates stay readable, and the navigation says where one is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

TEMPLATES = settings.BASE_DIR / "templates"
LONGEST_LINE = 120


def test_no_line_is_longer_than_a_screen():
    long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long


def test_the_formatter_has_nothing_to_change():
    formatter = Path(sys.executable).with_name("djangofmt")
    done = subprocess.run([formatter, "--check", TEMPLATES], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def current_places(text: str) -> list[str]:
    """The links of the two rows at the head of a page that are marked as the current place."""
    rows = re.findall(r'<nav class="nav[^>]*>(.*?)</nav>', text, flags=re.S)
    return [place for row in rows for place in re.findall(r'aria-current="page"[^>]*>\s*([^<]*?)\s*</a>', row)]


FIGURE = {"area_number": 1, "code": "1-1-2-1"}
PLACES = [
    ("citizen", "plans:home", {}, ["한눈에 보기"]),
    ("citizen", "plans:area", {"number": 1}, ["한눈에 보기"]),
    ("citizen", "plans:task", {"area_number": 1, "code": "1-1-2"}, ["이행과제"]),
    ("citizen", "indicators:indicator", FIGURE, ["이행지표"]),
    ("citizen", "plans:department", {"department_slug": "social-welfare"}, ["담당부서"]),
    ("citizen", "stakeholders:group", {"group_slug": "women"}, ["의견과 답변"]),
    ("citizen", "plans:search", {}, []),
    ("owner", "indicators:work", {}, ["내 업무"]),
    ("owner", "indicators:grid", {"year": 2022}, ["내 업무"]),
    ("owner", "indicators:workbook", {"year": 2022}, ["내 업무"]),
    ("owner", "indicators:result", {"year": 2022, **FIGURE}, ["내 업무"]),
    ("head", "indicators:endorse_queue", {"year": 2022}, ["부서장 확인"]),
    ("coordinator", "indicators:result", {"year": 2022, **FIGURE}, ["이행점검"]),
    ("coordinator", "indicators:review_queue", {"year": 2022}, ["이행점검"]),
    ("coordinator", "indicators:milestones", {}, ["이행점검"]),
    ("coordinator", "stakeholders:deliberations", {}, ["숙의공론장"]),
    ("coordinator", "stakeholders:commitments", {}, ["숙의공론장"]),
    ("coordinator", "plans:merge", {}, ["담당자·조직"]),
    ("coordinator", "indicators:handovers", {}, ["담당자·조직"]),
    ("committee", "indicators:work_dashboard", {}, ["이행현황(미공표 포함)"]),
    ("committee", "indicators:committee_list", {}, ["평가·점검"]),
    ("committee", "indicators:committee_indicator", FIGURE, ["평가·점검"]),
    ("committee", "indicators:checks", {}, ["평가·점검"]),
]


@pytest.mark.parametrize(("role", "page", "known", "places"), PLACES)
def test_the_navigation_says_where_one_is(request, plan, open_round, as_user, role, page, known, places):
    user = None if role == "citizen" else request.getfixturevalue(role)
    response = as_user(user).get(reverse(page, kwargs={"slug": plan.slug, **known}))
    assert response.status_code == 200
    assert current_places(response.text) == places
    assert 'href=""' not in response.text
