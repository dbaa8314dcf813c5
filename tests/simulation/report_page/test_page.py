import ast
import hashlib
import os
import re
import stat
import time
from base64 import b64encode
from functools import cache
from pathlib import Path

import pytest

from dawam.kernel import InvalidInput
from dawam.simulation import FaultKind
from dawam.simulation.report_page import phrases, render_report, write_report
from dawam.simulation.scenario import scenario
from dawam.simulation.virtual import Run, play
from dawam.standin import Capability, Difference, DifferenceKind, Mode, Reconciliation
from dawam.web.locale import catalogue

from .made import change, fault, report, run_of, sample
from .reading import Reading

LANGUAGES = ["en", "fr", "ar"]
HOME = Path(__file__).parents[3] / "src" / "dawam" / "simulation" / "report_page"
HOSTILE = '"><script>alert(1)</script>&{{ 7*7 }}\u202eevil\udc80'


def rich() -> Run:
    """A run with everything in it that a page can tell."""
    kinds = [*FaultKind, "meteor"]
    return run_of(
        report(
            faults=[
                *(fault(str(kind)) for kind in kinds),
                fault("down", stood_in_after_s=None, pattern=None),
                fault("hang", ended_at=None, recovered_after_s=None, pattern="odd"),
            ],
            asked=900,
            wrong=2,
            payments=40,
            made=9,
            lost=1,
            doubled=1,
            overdrawn=1,
            accounts=30,
            unexplained_minor=12,
            journal_ok=False,
            exposure_minor=5_000,
            cap_minor=10_000,
            by_code=dict.fromkeys([*phrases.CODES, "teapot"], 3),
        ),
        samples=[
            sample(
                seconds,
                mode="standing_in" if seconds < 35 else "gone" if seconds < 41 else "normal",
                from_primary=3,
                from_stand_in=2 if seconds < 35 else 0,
                withheld=1,
                wrong=1,
                age_s=seconds / 9,
                exposure_minor=100 * seconds,
            )
            for seconds in range(1, 60)
        ],
        changes=[
            *change(
                10,
                Mode.STANDING_IN,
                evidence="read_failures=5 write_failures=2 fault=error pattern=shift "
                "order=(op: drill (planned)) slow=3/10 feed_age_s=61.0",
            ),
            *change(12, Mode.STANDING_IN, Capability.BALANCE, evidence="restart"),
            *change(40, Mode.RECOVERING, share_percent=1, evidence="cohort of 1 % agrees"),
            *change(48, Mode.NORMAL, share_percent=100, evidence="all cohorts agree"),
            *change(50, Mode.NORMAL, share_percent=100, evidence="moonlight"),
        ],
        differences=[
            Difference(kind=kind, reference="a-1", amount_minor=-5, code="insufficient_funds")
            for kind in DifferenceKind
        ],
        problems="seed 7: account-of-somebody lost",
    )


@cache
def page_of(language: str) -> str:
    return render_report(rich(), name="extract.csv.gz", locale=language, currency="EGP")  # type: ignore[arg-type]


@cache
def played() -> Run:
    began = time.monotonic()
    return play(scenario(3, FaultKind.ZERO), 3, elapsed_s=lambda: time.monotonic() - began)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_well_formed_and_its_references_meet(language: str) -> None:
    reading = Reading(page_of(language))
    names = reading.all_of("id")
    assert len(names) == len(set(names))
    wanted = {name for value in reading.all_of("aria-labelledby") for name in value.split()}
    assert sorted(wanted - set(names)) == []
    patterns = set(re.findall(r"url\(#([\w-]+)\)", page_of(language)))
    assert sorted(patterns - set(names)) == []


def test_the_page_speaks_its_language_and_direction() -> None:
    heads = {language: Reading(page_of(language)).elements[0] for language in LANGUAGES}
    assert heads["ar"] == ("html", {"lang": "ar", "dir": "rtl"})
    assert heads["fr"] == ("html", {"lang": "fr", "dir": "ltr"})
    assert page_of("en").startswith("<!doctype html>")


def test_a_page_needs_nothing_but_itself() -> None:
    page = page_of("en")
    reading = Reading(page)
    assert (
        reading.tags() & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "use"} == set()
    )
    assert reading.all_of("src") + reading.all_of("href") + reading.all_of("style") == []
    assert not re.search(r"https?:|//|@import|url\((?!#)", page)
    assert not [name for _, attributes in reading.elements for name in attributes if name.startswith("on")]


def test_the_policy_of_the_page_allows_its_one_style_and_nothing_else() -> None:
    page = page_of("ar")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(value for value in Reading(page).all_of("content") if "default-src" in value)
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_every_drawing_has_a_title_and_a_description_and_every_chart_a_table() -> None:
    reading = Reading(page_of("en"))
    drawings = [
        attributes for tag, attributes in reading.elements if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(drawings) >= 8
    names = set(reading.all_of("id"))
    assert all({*str(drawing["aria-labelledby"]).split()} <= names for drawing in drawings)
    charts = [
        attributes["id"] for tag, attributes in reading.elements if tag == "figure" and "id" in attributes
    ]
    assert charts == ["chart-modes", "chart-answers", "chart-age", "chart-exposure"]
    assert sum(tag == "details" for tag, _ in reading.elements) == 4


def test_the_style_knows_no_left_and_no_right() -> None:
    style = (HOME / "templates" / "style.css").read_text(encoding="utf-8")
    sides = "(?:left|right|top|bottom)"
    physical = rf"(?:margin|padding|border)-{sides}|(?<![\w-]){sides}\s*:|text-align:\s*{sides}|float:"
    assert re.findall(physical, style) == []
    assert "prefers-color-scheme:dark" in style
    assert "@media print" in style


def msgids() -> set[str]:
    """Every text that the page can say: from the templates, the sources and the phrases."""
    found = {text for phrase in phrases.ALL for text in phrase.values()}
    for source in HOME.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
            ):
                found |= {each.value for each in node.args[:1] if isinstance(each, ast.Constant)}
    for template in (HOME / "templates").glob("*.html"):
        found |= set(re.findall(r'\bsay\("([^"]*)"', template.read_text(encoding="utf-8")))
    return found


def test_the_scan_finds_texts_in_templates_sources_and_phrases() -> None:
    assert {"How this was judged", "did not happen", "All balances zero"} <= msgids()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_text_is_translated(language: str) -> None:
    translated = catalogue(language)  # type: ignore[arg-type]
    assert sorted(text for text in msgids() if not translated.get(text)) == []


def test_every_code_has_a_phrase() -> None:
    assert set(phrases.FAULT_NAMES) == set(phrases.FAULT_MEANINGS) == set(FaultKind)
    assert set(phrases.CAPABILITIES) == set(Capability)
    assert set(phrases.DIFFERENCES) == set(DifferenceKind)
    assert set(phrases.MODES) == {*Mode, "gone"}


def test_the_explained_differences_are_those_that_reconciliation_explains() -> None:
    explained = {
        kind
        for kind in DifferenceKind
        if not Reconciliation(
            accounts=1,
            agreeing=0,
            differences=[Difference(kind=kind, reference="a", amount_minor=1)],
        ).unexplained_minor
    }
    assert explained == phrases.EXPLAINED


def test_an_arabic_page_holds_no_word_in_latin_letters() -> None:
    words = set(re.findall(r"[A-Za-z]{2,}", Reading(page_of("ar")).text()))
    # The extract's name and an order's own words; codes that nobody has a word for; CLDR has UTC in Latin.
    assert words - {"extract", "csv", "gz"} == {"UTC", "op", "drill", "planned", "meteor", "odd"}


def test_a_french_page_holds_no_english_text() -> None:
    lines = set(Reading(page_of("fr")).text().split("\n"))
    french = set(catalogue("fr").values())
    assert sorted(lines & (msgids() - french)) == []
    english = re.findall(r"\b(?:the|with|after|shown|balances|fault|accounts)\b", "\n".join(lines))
    assert english == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_comes_from_outside_is_shown_and_never_obeyed(language: str) -> None:
    run = run_of(
        report(faults=[fault(HOSTILE, pattern=HOSTILE)], accounts=1, payments=1, by_code={HOSTILE: 1}),
        samples=[sample(1), sample(2)],
        changes=change(1, Mode.STANDING_IN, evidence=f"order=({HOSTILE}) {HOSTILE}"),
        differences=[
            Difference(kind=DifferenceKind.NOT_MIRRORED, reference=HOSTILE, amount_minor=1, code=HOSTILE)
        ],
    )
    page = render_report(run, name=HOSTILE, locale=language, currency="EGP")  # type: ignore[arg-type]
    reading = Reading(page)
    assert "script" not in reading.tags()
    assert "\u202e" not in page
    assert "\\u202eevil\\udc80" in page
    assert "{{ 7*7 }}" in page
    page.encode()


def test_names_of_accounts_stand_in_the_table_of_differences_only_and_fifty_at_most() -> None:
    differences = [
        Difference(kind=DifferenceKind.DECISION_WAITING, reference=f"somebody-{number}", amount_minor=number)
        for number in range(60)
    ]
    unexplained = Difference(kind=DifferenceKind.BALANCE_DIFFERS, reference="odd-one", amount_minor=1)
    run = run_of(report(accounts=70), differences=[*differences, unexplained], problems="somebody-59 lost")
    reading = Reading(render_report(run, name="x", locale="en", currency="EGP"))
    assert reading.codes == ["odd-one", *(f"somebody-{number}" for number in range(49))]
    assert "somebody" not in reading.text()
    assert "Not listed here: 11 more." in reading.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_run_shows_nothing_that_was_not_measured(language: str) -> None:
    reading = Reading(render_report(run_of(report()), name="x", locale=language, currency="EGP"))  # type: ignore[arg-type]
    assert sum(tag == "h1" for tag, _ in reading.elements) == 1
    assert [attributes for tag, attributes in reading.elements if attributes.get("role") == "img"] == []
    assert "tile" not in reading.all_of("class")
    assert sum(tag == "table" for tag, _ in reading.elements) == 1


def test_one_sample_and_one_fault_that_never_ended_make_a_page() -> None:
    run = run_of(
        report(
            faults=[
                fault(detected_after_s=None, stood_in_after_s=None, ended_at=None, recovered_after_s=None)
            ]
        ),
        samples=[sample(11, from_primary=1)],
    )
    text = Reading(render_report(run, name="x", locale="en", currency="EGP")).text()
    assert text.count("did not happen") == 2
    assert "Fault ended" not in text


def test_a_played_run_is_written_in_every_language(tmp_path: Path) -> None:
    for language in LANGUAGES:
        path = write_report(
            played(), name="seed 3", folder=tmp_path / language, locale=language, currency="EGP"
        )  # type: ignore[arg-type]
        assert path == tmp_path / language / "report.html"
        Reading(path.read_text(encoding="utf-8"))
    assert len((tmp_path / "en" / "report.html").read_bytes()) < 400_000


def test_the_same_run_is_the_same_page() -> None:
    pages = {render_report(played(), name="x", locale="ar", currency="EGP") for _ in range(2)}
    assert len(pages) == 1


def test_a_page_replaces_the_one_before_and_leaves_no_draft(tmp_path: Path) -> None:
    for asked in (1, 2):
        write_report(
            run_of(report(asked=asked, accounts=1)), name="x", folder=tmp_path, locale="en", currency="EGP"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert "of 2 shown" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) & 0o400


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("taken")
    with pytest.raises(InvalidInput) as refused:
        write_report(run_of(report()), name="x", folder=tmp_path / "out", locale="en", currency="EGP")
    assert (refused.value.code, refused.value.params["reason"]) == ("report_unwritable", os.strerror(17))


def test_a_page_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(InvalidInput) as refused:
        write_report(run_of(report()), name="x", folder=tmp_path, locale="en", currency="EGP")
    assert refused.value.code == "report_unwritable"
    assert refused.value.params["reason"]
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_an_unknown_currency_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="currency_unknown"):
        write_report(run_of(report()), name="x", folder=tmp_path / "out", locale="en", currency="XXQ")
    assert not (tmp_path / "out").exists()


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_stand_out_from_what_they_stand_on(scheme: int) -> None:
    style = (HOME / "templates" / "style.css").read_text(encoding="utf-8")
    palette = re.findall(r":root\{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+):(#\w+)", palette))
    full = {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in colours.items()
    }
    texts = [
        ("ink", "paper"),
        ("ink", "card"),
        ("soft", "paper"),
        ("soft", "card"),
        ("good", "card"),
        ("bad", "card"),
    ]
    texts += [
        ("ink", "good-wash"),
        ("ink", "bad-wash"),
        ("ink", "plain-wash"),
        ("on-mark", "mark"),
        ("card", "fault"),
    ]
    assert [pair for pair in texts if contrast(full[pair[0]], full[pair[1]]) < 4.5] == []
    shapes = [("primary", "card"), ("wrong", "card"), ("exposure", "card"), ("stand-in-grain", "stand-in")]
    assert [pair for pair in shapes if contrast(full[pair[0]], full[pair[1]]) < 1.9] == []
