"""The spellings of personal data that people type, and the numbers of a plan that look like them: tables in data/.

`personal_found.txt` has what is found and a spelling on each line, `personal_passes.txt` what must pass. A ¦ stands
inside numbers so that the project's own files hold none; it is taken out before the text is looked at.
"""

import json
from pathlib import Path

import pytest
from django.conf import settings

from commons.personal import find_personal_data

DATA = Path(__file__).parent / "data"


def lines_of(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")


FOUND = [tuple(line.split("\t", 1)) for line in lines_of("personal_found.txt")]
PASSES = lines_of("personal_passes.txt")


def whats(text: str) -> list[str]:
    return [data.what for data in find_personal_data(text)]


def test_the_tables_are_large_and_say_nothing_twice():
    for table in (FOUND, PASSES):
        assert len(table) >= 120
        assert len(set(table)) == len(table)


@pytest.mark.parametrize(("what", "spelling"), FOUND, ids=[spelling for _what, spelling in FOUND])
def test_a_spelling_is_found(what, spelling):
    text = spelling.replace("¦", "")
    assert whats(text) == [what]
    assert whats(f"문의: {text}.") == [what]
    assert whats(f"첫 줄\n{text}\n끝 줄") == [what]


@pytest.mark.parametrize("text", PASSES)
def test_a_number_of_a_plan_passes(text):
    assert whats(text) == []
    assert whats(f"첫 줄\n{text}\n{text}") == []
    assert whats(f"({text})") == []


def texts_of(value):
    """All texts in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


@pytest.mark.parametrize("path", sorted((settings.BASE_DIR / "fixtures").rglob("*.json")), ids=lambda path: path.name)
def test_every_text_of_the_plan_passes(path):
    texts = list(texts_of(json.loads(path.read_text(encoding="utf-8"))))
    assert texts
    assert [(text, whats(text)) for text in texts if whats(text)] == []
