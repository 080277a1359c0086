"""What rows_bulk.py measures, each in a process of its own, so that its memory is its own.

`python -m bench.bulk ACT [ROWS] [FOLDER]` prints one JSON: rows, seconds, and the most memory the process held (MB).
"""

import argparse
import csv
import gc
import json
import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sdgplan.settings")
SLUG, FIRST, YEARS = "bench-bulk", 2031, 10
COORDINATOR = "bench-coordinator"
COLUMNS = ["area_no", "indicator_code", "year", "value", "text", "missing_reason"]


def table(rows: int) -> Iterator[tuple]:
    """Targets as the open data has them: numbers with decimals, now and then words or a reason."""
    for number in range(rows):
        code, year = f"1-{number // 1000 + 1}-{number // 10 % 100 + 1}", FIRST + number % YEARS
        if number % 50 == 7:
            yield 1, code, year, None, "", "survey_cycle"
        elif number % 50 == 9:
            yield 1, code, year, None, f"1,{number % 900 + 100}/510", ""
        else:
            yield 1, code, year, Decimal(number * 37 % 1_000_000) / 100, "", ""


def file_rows(rows: int) -> Iterator[tuple]:
    """The same as the file of 목표치 일괄 수정 has them, with the state before, title and unit."""
    for area, code, year, *value in table(rows):
        yield area, code, year, *value, "missing_reason=none_planned", f"{code} 지표의 이름은 이만큼 길다", "명"


def _plan():
    from plans.models import Plan

    return Plan.objects.get(slug=SLUG)


def _clear():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM indicators_milestone WHERE indicator_id IN (SELECT i.id FROM indicators_indicator i"
            " JOIN plans_area a ON a.id = i.area_id JOIN plans_plan p ON p.id = a.plan_id WHERE p.slug = %s)",
            [SLUG],
        )


def prepare(rows: int, folder: Path) -> int:
    """The plan and a coordinator in the database, the two files in *folder*."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from accounts.choices import Role
    from accounts.models import User
    from commons.tables import write_table
    from indicators.exchange.workbooks.milestones.layout import COLUMNS as FILE_COLUMNS
    from indicators.exchange.workbooks.milestones.layout import SHEET
    from indicators.models import Indicator
    from plans.models import Plan

    plan, is_new = Plan.objects.get_or_create(
        slug=SLUG, defaults={"title": "대량 시험", "start_year": FIRST, "end_year": FIRST + YEARS - 1}
    )
    area, _is_new = plan.areas.get_or_create(number=1, defaults={"title": "분야"})
    there = set(Indicator.objects.of_plan(plan).values_list("code", flat=True))
    codes = dict.fromkeys(code for _area, code, *_rest in table(rows) if code not in there)
    Indicator.objects.bulk_create(
        [Indicator(area=area, code=code, title=f"{code} 지표의 이름", unit="명", direction="up") for code in codes],
        batch_size=1000,
    )
    if is_new:
        user = User.objects.create_user(COORDINATOR, "measured-only-2026", role=Role.COORDINATOR)
        TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    for suffix in ("csv", "xlsx"):
        with (folder / f"milestones.{suffix}").open("wb") as file:
            write_table(file, suffix, FILE_COLUMNS, file_rows(rows), sheet=SHEET)
    return rows


def bulk_create(rows: int, folder: Path) -> int:
    """Django's bulk_create of as many targets, from tuples that are read and valid already."""
    from django.db import transaction

    from indicators.models import Indicator, Milestone

    _clear()
    by_code = dict(Indicator.objects.of_plan(_plan()).values_list("code", "pk"))
    ready = list(table(rows))
    with _timed(), transaction.atomic():
        Milestone.objects.bulk_create(
            [
                Milestone(indicator_id=by_code[code], year=year, value=value, text=text, missing_reason=missing)
                for _area, code, year, value, text, missing in ready
            ],
            batch_size=2000,
        )
    return rows


def _signed_in():
    """A client of the coordinator, who has given a code of the second factor."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY

    from accounts.models import User
    from accounts.selectors import second_factor_of

    client = Client(HTTP_HOST="127.0.0.1", headers={"x-forwarded-proto": "https"})
    user = User.objects.get(username=COORDINATOR)
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = second_factor_of(user).persistent_id
    session.save()
    return client


def _import(suffix: str, rows: int, folder: Path) -> int:
    """Upload, preview and confirmation over HTTP, as a coordinator does it."""
    from django.urls import reverse

    from accounts.models import ActivityEntry
    from indicators.models import Milestone

    _clear()
    client = _signed_in()
    desk = reverse("indicators:milestones", args=[SLUG])
    before = ActivityEntry.objects.count()
    with _timed(), (folder / f"milestones.{suffix}").open("rb") as file:
        page = client.post(f"{desk}upload/", {"file": file}, secure=True)
        assert page.status_code == 302, page.content.decode()[:2000]
        shown = client.get(page.url, secure=True).content.decode()
        seen = re.search(r'name="fingerprint" value="(\w+)"', shown)[1]
        done = client.post(f"{page.url}confirm/", {"fingerprint": seen}, secure=True)
        assert done.status_code == 302, done.content.decode()[:2000]
    assert Milestone.objects.filter(indicator__area__plan__slug=SLUG).count() == rows
    assert ActivityEntry.objects.count() == before + rows // YEARS + 1
    return rows


def import_csv(rows: int, folder: Path) -> int:
    return _import("csv", rows, folder)


def import_xlsx(rows: int, folder: Path) -> int:
    return _import("xlsx", rows, folder)


def plain_csv(rows: int, folder: Path) -> int:
    with _timed(), (folder / "plain.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(table(rows))
    return rows


def plain_xlsx(rows: int, folder: Path) -> int:
    from openpyxl import Workbook

    with _timed():
        book = Workbook(write_only=True)
        sheet = book.create_sheet("data")
        sheet.append(COLUMNS)
        for row in table(rows):
            sheet.append(row)
        book.save(folder / "plain.xlsx")
    return rows


def _export(suffix: str, rows: int, folder: Path) -> int:
    from commons.tables import write_table

    with _timed(), (folder / f"out.{suffix}").open("wb") as file:
        return write_table(file, suffix, COLUMNS, table(rows))


def export_csv(rows: int, folder: Path) -> int:
    return _export("csv", rows, folder)


def export_xlsx(rows: int, folder: Path) -> int:
    return _export("xlsx", rows, folder)


def read_out(rows: int, folder: Path) -> int:
    """The table of targets as the open data writes it, read from the database."""
    from commons.tables import write_table
    from indicators.figures.selectors.tables import milestone_table

    with _timed(), (folder / "read.csv").open("wb") as file:
        return write_table(file, "csv", COLUMNS, islice(milestone_table(_plan()), rows))


class _timed:
    seconds = 0.0

    def __enter__(self):
        gc.collect()
        self.started = time.perf_counter()

    def __exit__(self, *_exc):
        _timed.seconds = time.perf_counter() - self.started


ACTS = {
    act.__name__: act
    for act in (
        prepare, bulk_create, import_csv, import_xlsx, plain_csv, plain_xlsx, export_csv, export_xlsx, read_out
    )
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bulk", description=__doc__)
    parser.add_argument("act", choices=ACTS)
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    if not given.act.startswith("plain"):
        import django

        django.setup()
    rows = ACTS[given.act](given.rows, given.folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(json.dumps({"rows": rows, "seconds": _timed.seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
