"""The rows of a department's grid: one short form per indicator, all in one page."""

from indicators.collecting.forms.results import ValueForm
from indicators.collecting.selectors.entry import EntryRow


class GridRowForm(ValueForm):
    """One row. It carries what it was opened with, so that a row nobody touched is left alone."""

    def __init__(self, data=None, *, row: EntryRow, must_be_given: bool = False):
        super().__init__(
            data,
            result=row.result,
            target=row.target,
            past=row.past,
            must_be_given=must_be_given,
            prefix=f"r{row.indicator.pk}",
        )
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"
            field.help_text = ""
            field.widget.attrs["aria-label"] = f"{row.indicator.title} {field.label}"
        self.fields["explanation"].widget.attrs["rows"] = 2

    @classmethod
    def of_stored(cls, row: EntryRow) -> "GridRowForm":
        """The row as it is stored, checked by the rules that hold when it is handed in."""
        blank = cls(row=row)
        typed = {blank.add_prefix(name): value for name, value in blank.initial.items()}
        return cls(typed, row=row, must_be_given=True)

    @property
    def is_sent(self) -> bool:
        """Whether the row was on the page that was sent."""
        return self.is_bound and self.add_prefix("version") in self.data

    @property
    def is_touched(self) -> bool:
        """Whether anything was typed into the row."""
        return self.is_sent and bool(set(self.changed_data) - {"version"})
