"""The view "year": how likely a certificate is to expire, by how it is looked after."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb import facts
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import counted, percent, rate, span

ACM = facts.load("acm")
YEAR_DAYS = 365
MOST = 1_000  # certificates
ACM_DAYS: int = ACM.value("public", "validity")
NOTICES = tuple(int(day) for day in ACM.value("public", "renewal_notices").split())
LIMITS = tuple(
    int(ACM.value("industry", f"max_validity_{year}")) for year in (2020, 2026, 2027, 2029)
)
LEAST_DAYS = LIMITS[-1]
LAST_PART = 3  # a reminder before the last third of the validity comes too early to be acted on


# --- what can be asked


class YearScenario(Scenario):
    """Certificates that people renew, certificates that ACM renews, and people's habits."""

    imported: int = field(
        10, label="Imported", unit="certificates", low=0, high=200,
        meaning="Certificates from elsewhere: somebody has to renew and import each of them.",
    )  # fmt: skip
    by_acm: int = field(
        90, label="Issued by ACM", unit="certificates", low=0, high=MOST,
        meaning=f"Public certificates of ACM, for {ACM_DAYS} days each: they renew themselves.",
    )  # fmt: skip
    validity_days: int = field(
        200, label="Imported ones last", unit="days", low=LEAST_DAYS, high=825,
        meaning=f"Public ones may last {LIMITS[1]} days since 2026-03, {LIMITS[2]} from 2027-03 "
        f"and {LIMITS[3]} from 2029-03.",
    )  # fmt: skip
    reminders: int = field(
        3, label="Reminders", unit="reminders", low=0, high=len(NOTICES),
        meaning=f"At {', '.join(map(str, NOTICES))} days before the end: the first so many of "
        "those in the last third of the validity.",
    )  # fmt: skip
    acted_pct: float = field(
        80.0, label="Acted on", unit="%", low=0.0, high=100.0,
        meaning="Chance that a reminder that is read leads to a renewal.",
    )  # fmt: skip
    unread_pct: float = field(
        2.0, label="Nobody reads", unit="%", low=0.0, high=100.0,
        meaning="Chance that all reminders of a certificate go to somebody who has left.",
    )  # fmt: skip
    broken_pct: float = field(
        1.0, label="ACM can't renew", unit="%", low=0.0, high=100.0, group="ACM", advanced=True,
        meaning="Share of ACM's certificates whose DNS record is gone, or that are not in use: ACM "
        "then reminds as for imported ones.",
    )  # fmt: skip
    outage_h: float = field(
        4.0, label="Outage lasts", unit="h", low=0.1, high=240.0, log=True, group="Outage",
        advanced=True, meaning="From the expiry until a new certificate is in place.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return (
            f"{self.imported:,} imported for {self.validity_days} days, {self.by_acm:,} by ACM, "
            f"{counted(self.reminders, 'reminder')}"
        )


# --- what happens


@dataclass(frozen=True)
class Habit:
    """How one certificate is renewed, again and again.

    Attributes
    ----------
    lengths : tuple of int
        Days from one renewal to the next: one for each reminder, and the whole validity at last.
    chances : tuple of float
        How likely each of them is; the last is that of an expiry.
    """

    lengths: tuple[int, ...]
    chances: tuple[float, ...]

    @property
    def missed(self) -> float:
        """Chance that a certificate expires before it is renewed."""
        return self.chances[-1]

    @property
    def cycle_days(self) -> float:
        """Days from one renewal to the next, on average."""
        return float(np.dot(self.lengths, self.chances))

    @property
    def expiries_a_year(self) -> float:
        """Expiries of one certificate: exact for one of random age (renewal theorem)."""
        return YEAR_DAYS * self.missed / self.cycle_days

    def safe(self) -> NDArray[np.float64]:
        """Chance that one of random age has not expired by each day of a year, day 0 first.

        A fresh one is safe until its first renewal or expiry, and from a renewal on it is fresh
        again. One of random age is in a cycle of length L with a chance in proportion to L, and
        anywhere in it.
        """
        fresh = self._fresh()
        before = np.concatenate([np.zeros(1), np.cumsum(fresh)])
        days = np.arange(YEAR_DAYS + 1)
        total = np.zeros(YEAR_DAYS + 1)
        for length, chance in zip(self.lengths, self.chances, strict=True):
            still = np.maximum(length - days, 0)  # of the days at which its cycle may end
            renewed = before[days] - before[np.maximum(days - length, 0)]
            total += chance * (still + (renewed if length < self.lengths[-1] else 0.0))
        return total / self.cycle_days

    def _fresh(self) -> NDArray[np.float64]:
        """Chance that a fresh one has not expired by each day."""
        safe = np.ones(YEAR_DAYS + 1)
        for day in range(self.lengths[0], YEAR_DAYS + 1):
            later = [c for c, n in zip(self.chances, self.lengths, strict=True) if n > day]
            again = [
                c * safe[day - n]
                for c, n in zip(self.chances[:-1], self.lengths[:-1], strict=True)
                if n <= day
            ]
            safe[day] = sum(later) + sum(again)
        return safe


def habit(scenario: YearScenario, validity_days: int) -> Habit:
    """Say how likely each reminder is to be the one that is acted on."""
    read, acted = 1 - scenario.unread_pct / 100, scenario.acted_pct / 100
    days = [day for day in NOTICES if LAST_PART * day <= validity_days][: scenario.reminders]
    chances = [read * acted * (1 - acted) ** number for number in range(len(days))]
    missed = 1 - read + read * (1 - acted) ** len(days)
    return Habit((*(validity_days - day for day in days), validity_days), (*chances, missed))


@dataclass(frozen=True)
class Outcome:
    """Chances of an expiry in a year, by day, and what they come to for other validities."""

    scenario: YearScenario
    by_hand: Habit
    imported: NDArray[np.float64]
    by_acm: NDArray[np.float64]
    expiries_a_year: float
    later: tuple[float, ...]

    @property
    def any(self) -> NDArray[np.float64]:
        """Chance of at least one expiry by each day."""
        return 1 - (1 - self.imported) * (1 - self.by_acm)

    @property
    def poisson(self) -> NDArray[np.float64]:
        """Closed form: chance of an expiry if expiries were rare and independent."""
        days = np.arange(YEAR_DAYS + 1)
        return 1 - np.exp(-self.expiries_a_year * days / YEAR_DAYS)


def simulate(scenario: YearScenario) -> Outcome:
    """Follow the fleet through a year, exactly."""
    by_hand = habit(scenario, scenario.validity_days)
    by_acm = habit(scenario, ACM_DAYS)
    broken = scenario.broken_pct / 100
    acm_safe = 1 - broken * (1 - by_acm.safe())
    expiries = (
        scenario.imported * by_hand.expiries_a_year
        + scenario.by_acm * broken * by_acm.expiries_a_year
    )
    return Outcome(
        scenario,
        by_hand,
        1 - by_hand.safe() ** scenario.imported,
        1 - acm_safe**scenario.by_acm,
        expiries,
        tuple(1 - habit(scenario, days).safe()[-1] ** scenario.imported for days in LIMITS),
    )


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say how likely an outage is in a year, and what makes it so.

    Returns
    -------
    Result
        `data` has, by ``day``, the chances of an expiry, %; and by ``lasts``, those of the imported
        certificates in a year, if they lasted as long as public ones may.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day": np.arange(YEAR_DAYS + 1),
            "any_pct": 100 * outcome.any,
            "imported_pct": 100 * outcome.imported,
            "by_acm_pct": 100 * outcome.by_acm,
            "poisson_pct": 100 * outcome.poisson,
            "lasts": np.array([f"{days} days" for days in LIMITS]),
            "later_pct": 100 * np.array(outcome.later),
        },
        panels=(
            Panel("A certificate has expired by then", "%",
                  (Curve("any_pct", "any", "first", compare=True),
                   Curve("imported_pct", "an imported one", "second"),
                   Curve("by_acm_pct", "one of ACM's", "third"),
                   Curve("poisson_pct", "any, closed form", "theory")),
                  x="day", x_title="days from now", limits=(0.0, 100.0)),
            Panel("Imported ones in a year, with the same habits", "%",
                  (Curve("later_pct", "one has expired", "second"),),
                  kind="bars", x="lasts", x_title="how long each lasts", limits=(0.0, 100.0)),
        ),
        notes=_notes(outcome.scenario),
    )  # fmt: skip


def _notes(scenario: YearScenario) -> tuple[str, ...]:
    notes = (
        "Ages are spread evenly at the start. A certificate is replaced on the day on which a "
        "reminder is acted on, and after an outage.",
        "How people act on reminders is assumed: AWS publishes nothing of it.",
    )
    if not scenario.imported or scenario.validity_days <= LIMITS[1]:
        return notes
    longest = f"No public authority issues one for more than {LIMITS[1]} days since 2026-03"
    return (*notes, f"{longest}: imported ones of {scenario.validity_days} days are private.")


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    scenario, chance = outcome.scenario, 100 * float(outcome.any[-1])
    missed = 100 * outcome.by_hand.missed
    down_h = outcome.expiries_a_year * scenario.outage_h
    rare = outcome.expiries_a_year
    every = 1 / rare if rare else None
    cycle = outcome.by_hand.cycle_days / scenario.imported if scenario.imported else None
    return (
        Number("outage_pct", "An outage within a year", chance, _likely(chance), headline=True),
        Number("missed_pct", "A renewal is missed", missed, percent(missed), headline=True),
        Number("between_outages_years", "An outage every", every, _every(every), headline=True),
        Number("down_h", "Down in a year, on average", down_h, span(3600 * down_h)),
        Number("between_renewals_days", "By hand, a renewal every", cycle,
               "never" if cycle is None else span(86_400 * cycle)),
    )  # fmt: skip


def _every(years: float | None) -> str:
    if years is None:
        return "never"
    if years < 2:
        return counted(round(years * YEAR_DAYS), "day")
    return f"{rate(years)} years" if years < 1e6 else "over a million years"


def _likely(chance_pct: float) -> str:
    """Say a chance or a share; what is nearly all is not all."""
    return "over 99 %" if 99 < chance_pct < 100 else percent(chance_pct)


def _why(outcome: Outcome) -> str:
    if not outcome.expiries_a_year:
        return "No certificate can expire: each is renewed in time."
    chance = _likely(100 * float(outcome.any[-1]))
    said = f"The chance that a certificate expires within a year is {chance}."
    return " ".join(filter(None, (said, _share(outcome), _floor(outcome))))


def _share(outcome: Outcome) -> str:
    """Say whose expiries they are."""
    scenario = outcome.scenario
    imported = scenario.imported * outcome.by_hand.expiries_a_year / outcome.expiries_a_year
    if not imported:
        return f"ACM renews its own by itself, but for {percent(scenario.broken_pct)} of them."
    if imported == 1:
        return "It is an imported one: ACM does not renew these."
    return f"Of all expiries {_likely(100 * imported)} are of imported ones."


def _floor(outcome: Outcome) -> str:
    """Say what the missed renewals come from, where there are renewals by hand."""
    if not outcome.scenario.imported:
        return ""
    if not outcome.scenario.reminders:
        return "Nobody is reminded."
    missed, unread = outcome.by_hand.missed, outcome.scenario.unread_pct / 100
    said = f"A renewal by hand is missed in {percent(100 * missed)} of cases"
    if unread > missed / 2:
        return f"{said}, mostly since nobody reads: further reminders do not help with that."
    return f"{said}, mostly since all reminders are put off."


def compare(scenario: YearScenario) -> Comparison:
    """List other ways to look after the same certificates.

    Returns
    -------
    Comparison
        An option holds if an outage within a year is less likely than 1 in 100.
    """
    together = scenario.imported + scenario.by_acm
    ways: dict[str, dict[str, Any]] = {
        "as it is": {},
        "all reminders": {"reminders": len(NOTICES)},
        "somebody always reads": {"unread_pct": 0.0},
    }
    if together <= MOST:
        ways["all issued by ACM"] = {"imported": 0, "by_acm": together}
    options = tuple(_option(name, scenario.replace(**changes)) for name, changes in ways.items())
    best = min(options, key=_chance)
    return Comparison(
        "Other ways to look after them",
        f"The least likely to have an outage is '{best.label}', with a chance of "
        f"{best.numbers[0].text} a year.",
        options,
        best if best.holds else None,
    )


ACCEPTED_PCT = 1.0


def _option(name: str, scenario: YearScenario) -> Option:
    numbers = _numbers(simulate(scenario))
    chance = numbers[0].value
    holds = isinstance(chance, float) and chance < ACCEPTED_PCT
    return Option(name, scenario, holds, None, numbers[:3])


def _chance(option: Option) -> float:
    value = option.numbers[0].value
    assert isinstance(value, float)
    return value


PRESETS = (
    Preset("All from ACM", "Nothing is imported. Is anything left?",
           {"imported": 0, "by_acm": 100}),
    Preset("All imported", "The same hundred, renewed by hand.",
           {"imported": 100, "by_acm": 0}),
    Preset("Twice the reminders", "Look at what limits the gain.", {"reminders": 6}),
    Preset("The mailbox of a leaver", "Six reminders, but a fifth go to somebody who has left.",
           {"reminders": 6, "unread_pct": 20.0}),
    Preset("2029", "Certificates of 47 days, and the habits of today.",
           {"validity_days": LIMITS[3]}),
)  # fmt: skip

VIEW = View(
    name="year",
    question="How likely is it that a certificate expires unnoticed this year?",
    scenario=YearScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
