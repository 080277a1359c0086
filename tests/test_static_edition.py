"""The static edition: every link leads to a file, and every page says what the running site says."""

import json
import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from sdgplan.static_site.making import StaticEdition

from .test_public_pages import publish, small_plan  # noqa: F401 (a fixture)

LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')


def links_in(path: Path):
    """Every link of a written page that stays within the edition."""
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        link = unescape(link)
        if not urlsplit(link).netloc and not link.startswith("data:"):
            yield link


def words_of(html: str) -> str:
    """What a reader sees between header and footer, without forms."""
    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    for left_out in (r"<form\b.*?</form>", r'<details\s+class="filters-box\b.*?</details>', r"<script.*?</script>"):
        main = re.sub(left_out, "", main, flags=re.DOTALL)
    main = re.sub(r'<a\s+class="button[^>]*>.*?</a>', "", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def broken_links(root: Path) -> list[str]:
    """Links that lead to no file, or to a place in a page that does not exist."""
    found = []
    for page in root.rglob("*.html"):
        here = page.relative_to(root).parent.as_posix()
        for link in links_in(page):
            path, _hash, fragment = link.partition("#")
            target = root / posixpath.normpath(posixpath.join(here, unquote(path))) if path else page
            target = page if not path else target
            if path.startswith("/") or not target.is_file():
                found.append(f"{page.relative_to(root)}: {link}")
            elif fragment and f'id="{fragment}"' not in target.read_text(encoding="utf-8"):
                found.append(f"{page.relative_to(root)}: {link} (no such place)")
    return found


@pytest.fixture
def edition(small_plan, plan, coordinator, tmp_path):  # noqa: F811
    publish(plan, coordinator)
    directory = tmp_path / "site" / "under"
    call_command("export_site", directory, plan=small_plan.slug, processes=1, verbosity=0)
    return directory


def test_every_link_leads_to_a_file_of_the_edition(edition):
    pages = list(edition.rglob("*.html"))
    assert len(pages) > 15
    assert sum(1 for page in pages for _link in links_in(page)) > 200
    assert broken_links(edition) == []


def test_pages_say_what_the_running_site_says(edition, small_plan):  # noqa: F811
    pages = [page for page in edition.rglob("index.html") if page.parent.name != "search"]
    assert len(pages) > 12
    for page in pages:
        path = page.relative_to(edition).parent.as_posix().replace(".", "")
        address = f"/plans/{small_plan.slug}/{path}/" if path else f"/plans/{small_plan.slug}/"
        live = Client(headers={"Host": urlsplit(settings.SITE_URL).netloc}).get(address).text
        assert words_of(page.read_text(encoding="utf-8")) == words_of(live)


def test_what_needs_the_running_site_is_left_out(edition):
    for page in edition.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert "/accounts/" not in html
        assert "csrf" not in html
        assert html.count("<form") == 1  # the search
        assert "보관본" in html


def test_styles_fonts_and_scripts_come_along(edition):
    names = {path.relative_to(edition).as_posix() for path in edition.glob("static/**/*") if path.is_file()}
    assert {"static/css/site.css", "static/js/site.js", "static/js/site_search.js"} <= names
    assert any(name.endswith(".woff2") for name in names)


def test_the_search_has_every_task_and_indicator_with_its_words(edition):
    rows = json.loads((edition / "search" / "index.json").read_text(encoding="utf-8"))
    kinds = {row[0] for row in rows}
    assert {"분야·목표", "이행과제", "이행지표", "담당부서", "의견과 답변"} <= kinds
    for row in rows:
        assert (edition / row[3].partition("#")[0]).is_file()
        assert row[2].lower() in row[4] or row[0] == "담당부서"


def test_the_check_compares_every_page_and_follows_every_link(small_plan, plan, coordinator, tmp_path, capsys):  # noqa: F811
    publish(plan, coordinator)
    call_command("export_site", tmp_path / "site", plan=small_plan.slug, processes=1, check=True)
    pages = list((tmp_path / "site").rglob("*.html"))
    compared, figures, _files, links = map(int, re.findall(r"(\d+)개", capsys.readouterr().out.splitlines()[0]))
    assert compared == len(pages) > 15
    assert figures > 200
    assert links > sum(1 for page in pages for _link in links_in(page))


WRONG = [
    ("indicators/index.html", "90%", "91%", "/plans/small/indicators/와 다릅니다"),
    ("dashboard/index.html", 'href="../tasks/index.html"', 'href="../method/index.html"', "/dashboard/와 다릅니다"),
    ("index.html", 'href="tasks/index.html"', 'href="tasks/none.html"', "없는 파일로 가는 링크: tasks/none.html"),
    ("method/index.html", 'href="#main"', 'href="#nowhere"', "화면에 없는 자리로 가는 링크: #nowhere"),
    (
        "about/index.html",
        "</body>",
        '<img src="https://x.example/y.png"></body>',
        "불러옵니다: https://x.example/y.png",
    ),
    ("tasks/index.html", 'href="../index.html"', 'href="/index.html"', "없는 파일로 가는 링크: /index.html"),
    ("data/indicators.csv", "area_no", "area_nr", "/data/indicators.csv와 다릅니다"),
    ("static/css/site.css", ".woff2", ".woff3", "static/css/site.css: 없는 파일로 가는 링크"),
    ("search/index.json", "tasks/", "task/", "search/index.json: 없는 파일로 가는 링크"),
]


def test_the_check_notices_what_differs_and_keeps_the_old_edition(edition, small_plan, monkeypatch):  # noqa: F811
    before = (edition / "index.html").read_bytes()
    put, changed = StaticEdition._put, set()

    def put_wrongly(self, name, content):
        for file, old, new, _named in WRONG:
            if name == file and old.encode() in content:
                changed.add(file)
                content = content.replace(old.encode(), new.encode())
        put(self, name, content)

    monkeypatch.setattr(StaticEdition, "_put", put_wrongly)
    with pytest.raises(CommandError) as refused:
        call_command("export_site", edition, plan=small_plan.slug, processes=1, check=True)
    assert changed == {file for file, *_rest in WRONG}
    assert not [named for *_rest, named in WRONG if named not in str(refused.value)]
    assert (edition / "index.html").read_bytes() == before


def test_the_name_of_the_site_leads_to_its_first_page(edition):
    for page in edition.rglob("*.html"):
        link = re.search(r'<a class="site-name" href="([^"]*)"', page.read_text(encoding="utf-8"))[1]
        assert (page.parent / link).resolve() == edition / "index.html"


def test_a_folder_with_other_files_is_left_alone(small_plan, tmp_path):  # noqa: F811
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="다른 파일이 있습니다"):
        call_command("export_site", tmp_path, plan=small_plan.slug)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_edition_replaces_the_one_before_whole(edition, small_plan):  # noqa: F811
    (edition / "tasks" / "old.html").write_text("old")
    call_command("export_site", edition, plan=small_plan.slug, processes=1, verbosity=0)
    assert not (edition / "tasks" / "old.html").exists()
    assert (edition / "index.html").is_file()
    assert [path.name for path in edition.parent.iterdir()] == [edition.name]


def test_a_page_that_does_not_open_stops_it_and_leaves_the_old_edition(edition, small_plan, monkeypatch):  # noqa: F811
    from sdgplan.pages import plan as public

    before = (edition / "index.html").read_bytes()
    monkeypatch.setattr(public, "method_examples", lambda *_args: 1 / 0)
    with pytest.raises(CommandError, match=r"500 /plans/small/method/"):
        call_command("export_site", edition, plan=small_plan.slug, processes=1, verbosity=0)
    assert (edition / "index.html").read_bytes() == before
    assert [path.name for path in edition.parent.iterdir()] == [edition.name]


def test_an_unknown_plan_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="그런 계획이 없습니다"):
        call_command("export_site", tmp_path / "site", plan="nowhere")
