"""One indicator's chart and table inside pages elsewhere: the only page that may be framed."""

import re

import pytest
from django.core.cache import caches

from indicators.models import ReportingRound

EMBED = "/plans/seodaemun-2022/embed/indicators/1/1-1-2-1/"
PAGE = "/plans/seodaemun-2022/indicators/1/1-1-2-1/"


@pytest.fixture(autouse=True)
def _keep_pages(settings):
    """Kept pages have no memory of what decorators say about them; see that they are told again."""
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}
    }
    caches["pages"].clear()


def test_it_may_be_framed_each_time_it_is_asked_for(published, client):
    for _time in range(2):
        response = client.get(EMBED)
        assert response.status_code == 200
        assert "X-Frame-Options" not in response.headers
        assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    again = client.get(EMBED, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert "X-Frame-Options" not in again.headers


@pytest.mark.parametrize(
    "path", ["/", PAGE, "/plans/seodaemun-2022/", "/accounts/login/", "/api/v1/", "/api/v1/plans/", f"{EMBED}x/"]
)
def test_nothing_else_may_be_framed(published, client, path):
    for _time in range(2):
        response = client.get(path)
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_it_shows_the_figures_with_plan_edition_licence_and_the_way_to_the_page(published, client):
    page = client.get(EMBED).text
    for shown in (
        "자활사업 참여자 수",
        "서대문구 지속가능발전 이행계획",
        "2022년 실적 1판",
        "공공누리 제1유형",
        "303",
        "310",
    ):
        assert shown in page
    assert f'<a href="{PAGE}" target="_top">' in page
    assert '<base target="_top">' in page  # links within the table leave the frame as well
    assert "<nav" not in page
    assert "<script" not in page
    assert "시범" not in page
    assert len(page.encode()) < 20_000


def test_demo_figures_are_marked(published, client):
    ReportingRound.objects.update(is_demo=True)
    assert "시범 자료이며 실제 실적이 아닙니다" in client.get(EMBED).text


def test_nothing_unpublished_is_shown(submitted, client):
    page = client.get(EMBED).text
    assert "아직 공표된 실적이 없습니다" in page
    assert "310" not in page


@pytest.mark.parametrize("path", ["1/9-9-9-9/", "99/1-1-2-1/", "1/1%00/", "1/x/"])
def test_what_does_not_exist_is_not_found(plan, client, path):
    assert client.get(f"/plans/seodaemun-2022/embed/indicators/{path}").status_code == 404


def test_it_is_only_read_and_asks_the_same_few_queries(published, client, django_assert_num_queries):
    assert client.post(EMBED).status_code == 405
    with django_assert_num_queries(8):
        client.get(EMBED)


def test_the_snippet_on_the_indicators_page_frames_it(published, indicator, client):
    indicator.title = '참여자 <수> "전체"'
    indicator.save()
    page = client.get(PAGE).text
    snippet = re.search(r'<textarea id="snippet"[^>]*readonly[^>]*>(.*?)</textarea>', page, re.S)[1]
    assert "<" not in snippet  # a text to copy, not a frame within the page
    code = snippet.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert code.startswith(f'<iframe src="http://testserver{EMBED}" title="참여자 &lt;수&gt; &quot;전체&quot; 연도별')
    assert 'loading="lazy"' in code
    assert re.search(r'width="100%" height="\d+"', code)
    assert re.search(r"<button[^>]*data-copies=\"snippet\"[^>]* hidden>", page)
