"""A CSV that is all separators costs no more than its size, at every door that reads one, and is refused in words."""

import csv
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .workbook_files import as_csv

SIZE = 9_900_000
MOST = 80 * 1024 * 1024  # bytes at the peak: the file as it came, as it was sent, and pieces of it
LONG_ROW = "한 줄이 지나치게 길어 읽지 않았습니다."
MANY_ROWS = "줄을 넘습니다."

FILES = {
    "commas": (b"," * SIZE, LONG_ROW),
    "commas in quotes over many lines": (b'"\n",' * (SIZE // 4), LONG_ROW),
    "one quoted text": (b'"' + b"a" * SIZE, LONG_ROW),
    "one text": (b"a" * SIZE, LONG_ROW),
    "rows of commas": ((b"," * 200_000 + b"\n") * 49, "필요한 열이 없습니다"),
    "empty lines": (b'""\n' * (SIZE // 3), MANY_ROWS),
    "commas behind a byte order mark and a smile": ("\ufeff\U0001f600".encode() + b"," * SIZE, LONG_ROW),
}


@pytest.fixture
def doors(as_user, owner, coordinator, open_round, forum, url_of):
    """Where a CSV is read: (client, address) by what it is about."""
    keeper = as_user(coordinator)
    return {
        "results": (as_user(owner), url_of("indicators:workbook_upload", 2022)),
        "targets": (keeper, url_of("indicators:milestones_upload")),
        "papers": (keeper, url_of("stakeholders:paper_import_upload", 2024)),
    }


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("door", ["results", "targets", "papers"])
def test_it_is_refused_within_its_size(doors, door, case):
    client, address = doors[door]
    data, words = FILES[case]
    upload = SimpleUploadedFile("표.csv", data)
    tracemalloc.start()
    try:
        response = client.post(address, {"file": upload})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert response.status_code == 422
    if case == "empty lines" and door == "targets":
        words = "필요한 열이 없습니다"  # its heading is looked at before the second row is read
    assert words in response.text
    assert peak < MOST, f"{peak >> 20} MB"


def test_an_honest_row_of_long_texts_is_read(doors, client):
    """Fifty cells of 4,000 characters stay below the bound: what is missed are the columns."""
    keeper, address = doors["results"]
    row = ",".join(["가" * 4000] * 50)
    response = keeper.post(address, {"file": SimpleUploadedFile("표.csv", f"{row}\n{row}\n".encode())})
    assert "필요한 열이 없습니다" in response.text


def test_a_version_of_thousands_of_digits_is_a_fault_of_its_row(doors, url_of):
    client, address = doors["results"]
    good = as_csv(client.get(url_of("indicators:workbook_download", 2022)).content).decode("utf-8-sig")
    rows = list(csv.reader(good.splitlines()))
    rows[1][rows[0].index("판번호")] = "9" * 5000
    text = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    response = client.post(address, {"file": SimpleUploadedFile("표.csv", text.encode())}, follow=True)
    assert "판번호가 고쳐졌습니다." in response.text
