"""Why a published figure has its status and its track: everything the page of one figure says."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.choices import Role
from indicators.assessment import CompoundGrowth, compound_growth
from indicators.choices import Direction, Status, Track, ValueKind
from indicators.figures.selectors.figures import FigureBoard, figure_reason, track_reason
from indicators.models import Figure, Indicator, Publication
from indicators.wording import (
    band_in_words,
    compound_growth_in_words,
    format_value,
    formula_in_numbers,
    formula_in_words,
    number_or_text,
    pace_steps,
    percent,
    track_band_in_words,
    trajectory_inputs,
)


@dataclass(frozen=True)
class Explanation:
    """One figure of one edition, with the editions of the same year. `newer_points` are numbers of earlier years that
    were corrected after the edition was made: (year, as used, as published now), in words."""

    figure: Figure
    editions: list[Publication]
    newer_points: list[tuple[int, str, str]]

    @property
    def publication(self) -> Publication:
        return self.figure.publication

    @property
    def is_newest(self) -> bool:
        return self.publication.edition == self.editions[-1].edition

    @property
    def inputs(self) -> dict:
        return self.figure.inputs

    def _words(self, value) -> str:
        return format_value(value, self.inputs["unit"], self.inputs["decimals"])

    @property
    def target(self) -> str:
        return self._words(self.figure.target)

    @property
    def actual(self) -> str:
        return self._words(self.figure.actual)

    @property
    def direction(self) -> str:
        return str(Direction(self.inputs["direction"]).label)

    @property
    def kind(self) -> str:
        return str(ValueKind(self.inputs["kind"]).label)

    @property
    def status(self) -> Status:
        return Status(self.figure.status)

    @property
    def rate(self) -> str:
        return percent(self.figure.attainment)

    @property
    def why(self) -> str:
        return figure_reason(self.figure)

    @property
    def formula(self) -> tuple[str, str] | None:
        """The formula in words and with the numbers put in; None where no rate was computed."""
        if self.figure.attainment is None:
            return None
        direction, target = self.inputs["direction"], self.figure.target_value
        numbers = formula_in_numbers(direction, target, self.figure.actual_value, self.inputs["decimals"])
        return formula_in_words(direction, target), numbers

    @property
    def bands(self) -> list[tuple[Status, str, bool]]:
        """Each status, its band in words, and whether it is this figure's; empty where no rate was computed."""
        if self.figure.attainment is None:
            return []
        return [(s, band_in_words(s, self.inputs["bands"]), s == self.status) for s in Status.rated()]

    @property
    def track(self) -> Track | None:
        return Track(self.figure.track) if self.figure.track else None

    @property
    def pace(self) -> str:
        return percent(self.figure.pace)

    @property
    def track_why(self) -> str:
        return track_reason(self.figure)

    @cached_property
    def _trajectory(self):
        return trajectory_inputs(self.inputs)

    @property
    def points(self) -> list[tuple[int, str]]:
        """The years that went into the track, with their values in words."""
        points, _final = self._trajectory
        return [(year, number_or_text(number, "", self.inputs)) for year, number in points]

    @property
    def final(self) -> tuple[int, str] | None:
        """Year and value, in words, of the last target."""
        _points, final = self._trajectory
        return (final[0], number_or_text(final[1], final[2], self.inputs)) if final else None

    @property
    def pace_steps(self) -> list[tuple[str, str, str]]:
        """What, formula with the numbers put in, and result of the pace; empty where there is none."""
        if self.figure.pace is None:
            return []
        points, final = self._trajectory
        return pace_steps(self.inputs["direction"], points, final[:2], self.inputs["decimals"])

    @property
    def track_bands(self) -> list[tuple[Track, str, bool]]:
        if self.figure.pace is None:
            return []
        return [(t, track_band_in_words(t), t == self.track) for t in Track.rated()]

    @property
    def compound(self) -> tuple[CompoundGrowth, str] | None:
        """What Open SDG's method gives for the same numbers, and that in words; None where words or grades stand."""
        points, final = self._trajectory
        if self.track is None or self.inputs["kind"] == ValueKind.GRADE or not points or self.figure.actual_text:
            return None
        growth = compound_growth(self.inputs["direction"], points, final[:2] if final else None)
        return growth, compound_growth_in_words(growth)

    @property
    def approved_on(self) -> date | None:
        approved = self.inputs.get("approved")
        return date.fromisoformat(approved["on"]) if approved else None

    @property
    def approved_by_office(self) -> str:
        """The office of who approved, never the name."""
        role = (self.inputs.get("approved") or {}).get("role")
        return str(Role(role).label) if role in Role.plan_keepers() else str(Role.COORDINATOR.label)

    @property
    def approved_by_name(self) -> str:
        """For staff alone."""
        return (self.inputs.get("approved") or {}).get("name", "")


def explanation_of(indicator: Indicator, year: int, edition: int | None, board: FigureBoard) -> Explanation | None:
    """The figure of *indicator* in the newest edition of *year*, or in *edition*; None when there is none.

    *board* is what is published of the plan now. One query.
    """
    figures = list(
        Figure.objects.filter(
            indicator=indicator, publication__round__plan=indicator.area.plan, publication__round__year=year
        )
        .select_related("publication__round")
        .order_by("publication__edition")
    )
    chosen = [f for f in figures if edition is None or f.publication.edition == edition]
    if not chosen:
        return None
    figure = chosen[-1]
    figure.indicator = indicator
    return Explanation(figure, [f.publication for f in figures], _newer_points(figure, year, board))


def _newer_points(figure: Figure, year: int, board: FigureBoard) -> list[tuple[int, str, str]]:
    """Which numbers of earlier years the track was made from that have been corrected since."""
    used = [(y, number) for y, number in trajectory_inputs(figure.inputs)[0] if y < year]
    if not used:
        return []
    now = board.values_of(figure.indicator_id)
    return [
        (y, number_or_text(number, "", figure.inputs), number_or_text(now.get(y), "", figure.inputs))
        for y, number in used
        if now.get(y) != number
    ]
