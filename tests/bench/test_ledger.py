"""The ledger's benchmark runs and prints every figure: at sizes so small that they mean nothing."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTIONS = ("lookup", "as_of", "as_of_hot", "page", "page_past", "page_past_hot")
SINGLES = {"per_s", "p50_ms", "p99_ms", "bare_per_s", "gathered_per_s", "to_bare", "to_gathered"}
HISTORY = {
    f"{question}_{what}" for question in QUESTIONS for what in ("ms", "p99_ms", "small_ms", "large_to_small")
}
KINDS = {"uniform", "hot", "two_phase"}
MORE_KINDS = {*KINDS, "interleaved", "random_ids"}
TABLES = {"same_rows", "same_rows_tuned", "given_unique", "given"}
KEYS = {
    "batches": {
        *(f"{name}_per_s" for name in MORE_KINDS | TABLES),
        *(f"{kind}_to_uniform" for kind in MORE_KINDS - {"uniform"}),
        *(f"uniform_to_{table}" for table in TABLES),
    },
    "singles": SINGLES,
    "postgresql": {
        *(f"{name}_per_s" for name in (*KINDS, "insert_select")),
        *(f"{kind}_to_uniform" for kind in KINDS - {"uniform"}),
        "uniform_to_insert_select",
    },
    "singles_postgresql": SINGLES,
    "history": HISTORY,
    "history_postgresql": HISTORY,
    "opening": {
        *("ready_s", "opened_s", "process_s", "cold_ready_s", "built_s", "accounts_per_s"),
        *("tail_records", "before_mb", "after_mb", "disk_mb", "disk_bytes_per_record"),
    },
    "proof": {
        *("both_ms", "both_p99_ms", "prove_ms", "verify_ms", "proof_bytes"),
        *("checkpoint_bytes", "tree_s", "tree_mb"),
    },
}
WITH_TARGETS = {
    "batches": {
        "uniform_to_same_rows",
        "uniform_to_same_rows_tuned",
        "hot_to_uniform",
        "two_phase_to_uniform",
    },
    "singles": {"per_s"},
    "postgresql": {"uniform_to_insert_select", "hot_to_uniform", "two_phase_to_uniform"},
    "opening": {"ready_s"},
    "proof": {"both_ms", "proof_bytes"},
}


def run(*options):
    return subprocess.run(
        [sys.executable, "-W", "error", ROOT / "bench" / "ledger.py", *options],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
    )


@pytest.fixture(scope="module")
def sections():
    done = run("--smoke", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["sections"]


def test_every_section_is_there(sections):
    assert list(sections) == list(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_every_figure_of_a_section_is_a_number_beside_its_target(sections, name):
    if reason := sections[name].get("skipped"):
        assert reason.startswith("no PostgreSQL")
        pytest.skip(reason)
    figures = sections[name]
    assert set(figures) == KEYS[name]
    assert all(math.isfinite(figure["value"]) and figure["value"] >= 0 for figure in figures.values())
    with_targets = {key for key, figure in figures.items() if figure["met"] is not None}
    answers = {key for key in HISTORY if not key.startswith("lookup")}
    wanted = {key for key in answers if not key.endswith(("p99_ms", "small_ms"))}
    assert with_targets == WITH_TARGETS.get(name, wanted if name.startswith("history") else set())


def test_one_section_alone_is_a_table_with_the_machine_above_it(tmp_path):
    done = run("--smoke", "--only", "singles", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("python ")
    assert "(singles)" in done.stdout
    assert "(batches)" not in done.stdout
    assert list(tmp_path.iterdir()) == []
