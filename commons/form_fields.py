"""Form fields shared by the rooms: what is typed or pasted is read, counted, compared and shown as it is stored."""

from django import forms
from django.core.exceptions import ValidationError

from commons.dates import NotADay, read_day, read_time
from commons.text import clean_line, clean_text


class _CleanedField:
    cleaning = staticmethod(clean_line)

    def to_python(self, value):
        return super().to_python(self.cleaning(value) if isinstance(value, str) else value)

    def bound_data(self, data, initial):
        """What the page shows of a form that is sent back: not what was pasted, but what would be stored."""
        data = super().bound_data(data, initial)
        return self.cleaning(data) if isinstance(data, str) else data


class LineField(_CleanedField, forms.CharField):
    """One line of text."""


class ProseField(_CleanedField, forms.CharField):
    """Text of any number of lines."""

    cleaning = staticmethod(clean_text)
    widget = forms.Textarea


class MailField(_CleanedField, forms.EmailField):
    """A mail address."""


class DayField(forms.DateField):
    """A day, as the calendar of the browser sends it or as people write it (`dates.read_day`)."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value):
        return _read(read_day, value) if isinstance(value, str) else super().to_python(value)


class ClockField(forms.TimeField):
    """A time of the day to the minute, likewise (`dates.read_time`)."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value):
        return _read(read_time, value) if isinstance(value, str) else super().to_python(value)


def _read(reader, typed: str):
    try:
        return reader(typed)
    except NotADay as error:
        raise ValidationError(str(error)) from error


class SeveralRowsField(forms.ModelMultipleChoiceField):
    """Some rows of a table. A number that no key can be is no choice, whatever the database says of it."""

    def clean(self, value):
        try:
            return super().clean(value)
        except OverflowError as error:
            message = self.error_messages["invalid_choice"] % {"value": ", ".join(value)[:40]}
            raise ValidationError(message, code="invalid_choice") from error
