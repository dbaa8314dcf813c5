"""Puts the page together, and writes it whole or not at all."""

import hashlib
import os
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dawam.kernel import InvalidInput
from dawam.simulation.folder import check_folder
from dawam.simulation.report_page.exhibits import exhibits
from dawam.simulation.report_page.history import differences, turns
from dawam.simulation.report_page.outages import outages, windows
from dawam.simulation.report_page.scene import Scene, scene, too_short
from dawam.simulation.report_page.sections import sections
from dawam.simulation.report_page.spans import Lane, lanes
from dawam.simulation.report_page.verdict import verdict
from dawam.simulation.report_page.words import Words
from dawam.simulation.virtual import Run
from dawam.web import Locale

_TEMPLATES = Path(__file__).with_name("templates")
_NAME = "report.html"


def write_report(run: Run, *, name: str, folder: Path, locale: Locale, currency: str) -> Path:
    """Write `folder`/report.html, and tell where it is; the folder is made if need be.

    `name` is what was replayed; `currency` the ISO 4217 code of its amounts.
    Raises: InvalidInput `report_unwritable`, `currency_unknown`.
    """
    page = render_report(run, name=name, locale=locale, currency=currency)
    check_folder(folder)
    target, draft = folder / _NAME, folder / f".{_NAME}.{os.getpid()}"
    try:
        draft.unlink(missing_ok=True)
        with draft.open("x", encoding="utf-8") as file:
            file.write(page)
        draft.replace(target)
    except OSError as error:
        _forget(draft)
        raise InvalidInput(
            "report_unwritable", folder=str(folder), reason=os.strerror(error.errno or 0)
        ) from None
    return target


def _forget(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return


def render_report(run: Run, *, name: str, locale: Locale, currency: str) -> str:
    """The whole page as HTML text.

    Raises: InvalidInput `currency_unknown`.
    """
    words = Words.of(locale, currency)
    report = run.report
    end = run.samples[-1].at if run.samples else None
    stage = scene(run, words, windows(report.faults, words, end=end))
    named, more_named = differences(run.reconciliation.differences, words)
    changes, more_changes = turns(run.changes, words)
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            words=words,
            say=words.say,
            name=words.outside(name),
            style=style,
            style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            period=_period(stage),
            verdict=verdict(report, words, problems=bool(run.problems)),
            outages=outages(report.faults, _stories(run, stage), words),
            exhibits=exhibits(stage) if stage else [],
            too_short=too_short(stage) if stage else "",
            sections=sections(report, words),
            turns=changes,
            more_turns=more_changes,
            differences=named,
            more_differences=more_named,
            report=report,
        )
    )


def _period(stage: Scene | None) -> str:
    return stage.words.period(stage.start, stage.end) if stage else ""


def _stories(run: Run, stage: Scene | None) -> list[Lane]:
    return lanes(run.changes, run.samples, stage.start, stage.end) if stage else []


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
