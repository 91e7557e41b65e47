"""Calendar dates as people write them in bylines and comments, found and resolved.

It does not know what a date belongs to, nor what day it is today.
"""

from __future__ import annotations

import re
from datetime import date

MONTHS = (
    "January|Jan|Januar|Jänner|janvier|enero|gennaio|janeiro|januari|января|stycznia|Ocak",
    "February|Feb|Februar|février|fevrier|febrero|febbraio|fevereiro|februari|февраля|lutego|Şubat",
    "March|Mar|März|mars|marzo|março|maart|maret|марта|marca|Mart",
    "April|Apr|avril|abril|aprile|апреля|kwietnia|Nisan",
    "May|Mai|mayo|maggio|maio|mei|maj|мая|maja|Mayıs",
    "June|Jun|Juni|juin|junio|giugno|junho|июня|czerwca|Haziran",
    "July|Jul|Juli|juillet|julio|luglio|julho|июля|lipca|Temmuz",
    "August|Aug|août|aout|agosto|augustus|augusti|agustus|августа|sierpnia|Ağustos",
    "September|Sept|Sep|septembre|septiembre|settembre|setembro|сентября|września|Eylül",
    "October|Oct|Oktober|Okt|octobre|octubre|ottobre|outubro|октября|października|Ekim",
    "November|Nov|novembre|noviembre|novembro|ноября|listopada|Kasım",
    "December|Dec|Dezember|Dez|décembre|decembre|diciembre|dicembre|dezembro|desember|декабря|grudnia|Aralık",
)
MONTH_NUMBERS = {name.lower(): number for number, names in enumerate(MONTHS, 1) for name in names.split("|")}
MONTH = "(?:" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")\b\.?"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
YEAR = r"(?:1[5-9]|20)\d\d"
GAP = r"\s{1,3}"
OF = r"(?:of\s|de\s)?"
DATE = re.compile(
    rf"(?<![\w/.-])(?:"
    rf"(?P<month_first>{MONTH}){GAP}(?P<day_second>{DAY})(?:st|nd|rd|th)?,?{GAP}(?P<year_a>{YEAR})"
    rf"|(?P<day_first>{DAY})(?:st|nd|rd|th|er|º|\.)?(?:{GAP}|-){OF}(?P<month_second>{MONTH}),?(?:{GAP}|-){OF}(?P<year_b>{YEAR})"
    rf"|(?P<year_c>{YEAR})(?P<mark>[-/.])(?P<month_c>0[1-9]|1[0-2])(?P=mark)(?P<day_c>{DAY})"
    rf"|(?P<left>\d\d?)(?P<between>[-/.])(?P<right>\d\d?)(?P=between)(?P<year_d>{YEAR})"
    rf"|(?P<year_f>{YEAR})\s?[年년]\s?(?P<month_f>1[0-2]|0?[1-9])\s?[月월]\s?(?P<day_f>{DAY})\s?[日일]"
    rf"|(?!(?-i:may|march|mars)\b)(?P<month_e>{MONTH}),?{GAP}(?P<year_e>{YEAR})"
    r")(?!\d|[-/.]\d)",
    re.IGNORECASE,
)
WITHOUT_YEAR = re.compile(
    rf"(?<![\w/.-])(?:(?P<month_a>{MONTH}){GAP}(?P<day_a>{DAY})(?:st|nd|rd|th)?|(?P<day_b>{DAY})(?:st|nd|rd|th|\.)?{GAP}(?P<month_b>{MONTH}))"
    r"(?![\w/-])",
    re.IGNORECASE,
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BESIDE = re.compile(
    r"\b(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(?:day|nesday|sday|rsday|urday)?\b[.,]?"
    r"|\b(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|(?:segunda|terça|quarta|quinta|sexta)-feira|lunedì|martedì"
    r"|mercoledì|giovedì|venerdì|sabato|domenica"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|às|à|ore|kl)\b[.,]?"
    r"|(?<!\d)[0-2]?\d[:.h][0-5]\d(?::[0-5]\d)?(?:\.\d+)?\s?(?:[ap]\.?m\b\.?)?|(?<!\d)[01]?\d\s?[ap]\.?m\b\.?"
    r"|\b(?:UTC|GMT|[ECMP][SD]?T|CES?T|BST|Z)\b(?:[+-]\d\d?(?::?\d\d)?)?|[+-]\d\d:?\d\d\b|\b(?:at|on|um|le|el)\b",
    re.IGNORECASE,
)
BESIDE_AT_MOST = 12  # characters of other words on a line that only holds a date
LONGEST_LINE = 200
AGO = re.compile(
    r"(?:(?:published|posted|updated|last updated|asked|modified)[:,]?\s(?:on\s)?)?(?:about\s|over\s)?"
    r"(?:(?:an?|one|\d{1,3})\s?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mos?|months?|y|yrs?"
    rf"|years?)\sago|(?:{'|'.join(WEEKDAYS)}|yesterday|today|just now)"
    r"(?:,?\s(?:at\s)?\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\.?)?)?"
    r"|(?:vor|hace|il y a|há|fa)\s(?:\w{1,4}\s)?\w{3,10}|\d{1,3}\s\w{3,9}\s(?:fa|atrás|geleden|sedan))",
    re.IGNORECASE,
)


def find_date(text: str) -> str | None:
    """The first calendar date in `text` as ISO 8601 ("2018-09-18", or "2018-09" without a day); None without one.

    None also for a day that does not exist and for numbers that can be read in two orders (03/04/2019).
    """
    match = DATE.search(text)
    return None if match is None else _resolved(match)


def only_date(line: str) -> bool:
    """Whether a line holds a date, with its weekday and time, and hardly anything else."""
    if len(line) > LONGEST_LINE:
        return False
    match = DATE.search(line)
    if match is None:
        return False
    rest = BESIDE.sub("", line[: match.start()] + line[match.end() :])
    return len(rest.strip(" ,.;:|()[]-–—·•T")) <= BESIDE_AT_MOST


def date_after(text: str, base: str | None) -> str | None:
    """The first date in `text`; one without a year ("October 12") is the first such day on or after `base`."""
    found = find_date(text)
    start = _day(base)
    if found or start is None:
        return found
    match = WITHOUT_YEAR.search(text)
    if match is None:
        return None
    month, day = match["month_a"] or match["month_b"], match["day_a"] or match["day_b"]
    for year in (start.year, start.year + 1):
        resolved = _iso(year, _month(month), int(day))
        if resolved and resolved >= start.isoformat():
            return resolved
    return None


def only_relative(line: str) -> bool:
    """Whether a line holds a date as it is told from today ("2 days ago", "Monday 5:30PM") and nothing else."""
    return len(line) <= 60 and AGO.fullmatch(line.strip(" \t\n.,;:()[]•·|–—-*_")) is not None


def _resolved(match: re.Match[str]) -> str | None:
    if year := match["year_a"] or match["year_b"]:
        month = _month(match["month_first"] or match["month_second"])
        return _iso(int(year), month, int(match["day_second"] or match["day_first"]))
    if match["year_c"]:
        return _iso(int(match["year_c"]), int(match["month_c"]), int(match["day_c"]))
    if match["year_f"]:
        return _iso(int(match["year_f"]), int(match["month_f"]), int(match["day_f"]))
    if match["year_d"]:
        return _from_numbers(int(match["left"]), int(match["right"]), int(match["year_d"]), match["between"])
    return f"{match['year_e']}-{_month(match['month_e']):02d}"


def _from_numbers(left: int, right: int, year: int, between: str) -> str | None:
    """A date in numbers: with full stops the day is first; otherwise only where one order is possible."""
    day_first, month_first = _iso(year, right, left), _iso(year, left, right)
    if between == "." or not month_first:
        return day_first
    return month_first if not day_first or left == right else None


def _month(name: str) -> int:
    return MONTH_NUMBERS[name.lower().rstrip(".")]


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _day(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso or "")
    except ValueError:
        return None
