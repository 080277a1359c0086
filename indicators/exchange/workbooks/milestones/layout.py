"""The format of the table: the columns of the open data, and to their right what an upload needs and people want.

The headings stand here as they are, outside the translations: they belong to the format.
"""

from commons.sheets.guarding import Limits
from indicators.choices import MissingReason

SHEET = "milestones"
MILESTONE_COLUMNS = ["area_no", "indicator_code", "year", "value", "text", "missing_reason"]  # as in the open data
AS_EXPORTED = "as_exported"  # the state of the row when the file was written; tells own changes from others'
COLUMNS = [*MILESTONE_COLUMNS, AS_EXPORTED, "title", "unit"]

# A hundred thousand rows with their titles: 12 MB of CSV, 100 MB of unpacked XML.
LIMITS = Limits(bytes=30 * 1024 * 1024, unpacked=200 * 1024 * 1024, rows=120_000, columns=50, elements=4_000_000)


def reasons() -> dict[str, str]:
    """Code of each reason by itself and by its word, as people may write either."""
    found = {reason.value: reason.value for reason in MissingReason}
    return found | {str(reason.label): reason.value for reason in MissingReason}
