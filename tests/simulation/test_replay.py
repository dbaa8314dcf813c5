"""`dawam replay` as somebody types it: an extract, faults, one JSON object, and what goes wrong."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent.parent.parent / "shared" / "data"


def dawam(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "dawam", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
        check=False,
    )


def wallet_rows(count=400):
    """A small extract in the wallet mapping's own columns, made here: every balance follows."""
    lines = [
        "step,action,amount,nameOrig,oldBalanceOrig,newBalanceOrig,nameDest,oldBalanceDest,newBalanceDest,"
        "isFraud,isFlaggedFraud,isUnauthorizedOverdraft"
    ]
    balances = {f"C{n}": 1_000_00 for n in range(20)}
    for row in range(count):
        name = f"C{row % 20}"
        amount = 100 + row
        before = balances[name]
        after = before + amount if row % 3 else before - amount
        kind = "CASH_IN" if row % 3 else "CASH_OUT"
        balances[name] = after
        money = [f"{minor // 100}.{minor % 100:02d}" for minor in (amount, before, after)]
        lines.append(f"{1 + row // 100},{kind},{money[0]},{name},{money[1]},{money[2]},M1,0.00,0.00,0,0,0")
    return "\n".join(lines) + "\n"


@pytest.fixture
def feed(tmp_path):
    file = tmp_path / "feed.csv.gz"
    file.write_bytes(gzip.compress(wallet_rows().encode()))
    return file


def test_a_replay_prints_exactly_one_json_object_of_the_documented_shape(feed):
    done = dawam("replay", feed, "--mapping", "wallet", "--fault", "zero@0.5:600", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert {name: list(part) for name, part in report.items() if isinstance(part, dict)} == {
        "feed": ["events", "accounts", "refused", "seconds", "events_per_s"],
        "answers": ["balances_asked", "shown", "withheld", "wrong", "oldest_age_s"],
        "payments": [
            "asked", "approved", "declined", "pending", "by_code", "approved_in_stand_in", "exposure_minor",
            "exposure_cap_minor", "overdrawn_accounts",
        ],
        "advices": ["made", "applied", "already_applied", "parked", "lost", "applied_twice"],
        "reconciliation": ["accounts", "agreeing", "differing", "unexplained_minor"],
        "ledger": ["debits_minor", "credits_minor", "records", "journal_ok"],
    }  # fmt: skip
    (fault,) = report["faults"]
    assert list(fault) == [
        "kind", "started_at", "detected_after_s", "stood_in_after_s", "ended_at", "recovered_after_s",
        "pattern",
    ]  # fmt: skip
    assert (fault["kind"], fault["pattern"]) == ("zero", "zero")
    assert report["feed"]["events"] == 400
    assert report["answers"]["wrong"] == 0
    assert report["answers"]["shown"] > 500
    assert report["payments"]["approved_in_stand_in"] == report["advices"]["made"] > 0
    assert report["ledger"]["debits_minor"] == report["ledger"]["credits_minor"]


def test_the_same_seed_is_the_same_run_and_another_seed_is_another(feed):
    def figures(seed):
        done = dawam(
            "replay", feed, "--mapping", "wallet", "--fault", "down@0.3:60", "--json", "--seed", seed
        )
        report = json.loads(done.stdout)
        return report["faults"], report["answers"], report["payments"]

    assert figures(3) == figures(3)
    assert figures(3) != figures(4)


def test_several_faults_may_overlap_and_the_summary_names_them(feed):
    done = dawam("replay", feed, "--mapping", "wallet", "--fault", "hang@0.2:90", "--fault", "scale@0.2:300")
    assert done.returncode == 0
    assert "every promise kept" in done.stdout
    assert "hang" in done.stdout
    assert "scale" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fault", "zreo@0.5:60"], "fault_unknown"),
        (["--fault", "zero@2:60"], "fault_malformed"),
        (["--fault", "zero@0.5:-1"], "fault_malformed"),
        (["--fault", "zero"], "fault_malformed"),
        (["--mapping", "walet"], "mapping_unknown"),
        (["--mapping", "bank"], "extract_column_missing"),
        (["--out", "/proc/nowhere"], "report_unwritable"),
    ],
)
def test_a_clumsy_line_is_answered_with_a_code_and_status_2(feed, arguments, code):
    mapping = [] if "--mapping" in arguments else ["--mapping", "wallet"]
    done = dawam("replay", feed, *mapping, *arguments)
    assert done.returncode == 2
    assert code in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text.replace("C7,", "C7", 1), "extract_row_field_count"),
        (lambda text: text.replace("1000.00", "1000.005", 1), "extract_amount_not_minor_units"),
        (lambda text: text.replace("1000.00", "1e3", 1), "extract_amount_malformed"),
        (lambda text: text.replace("nameOrig", "nameOrigin"), "extract_column_missing"),
        (lambda text: text.replace("CASH_IN", "CASHIN", 1), "extract_kind_unknown"),
        (lambda text: text.replace("998.94", "998.93", 1), "extract_balance_contradicts"),
    ],
)
def test_a_spoilt_feed_is_refused_whole_with_its_line(tmp_path, spoil, code):
    text = wallet_rows()
    spoilt = spoil(text)
    file = tmp_path / "feed.csv"
    file.write_text(spoilt)
    if spoilt == text:
        pytest.fail("nothing was spoilt")
    done = dawam("replay", file, "--mapping", "wallet", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert code in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_truncated_gzip_is_refused(feed):
    feed.write_bytes(feed.read_bytes()[:-20])
    done = dawam("replay", feed, "--mapping", "wallet")
    assert done.returncode == 2
    assert "extract_gzip_broken" in done.stderr


@pytest.mark.skipif(not DATA.exists(), reason="the shared data sets are not here")
def test_the_bank_data_survives_a_dead_primary():
    done = dawam(
        "replay", DATA / "bank/trans.csv.gz", "--mapping", "bank", "--fault", "down@0.5:600", "--json"
    )
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["feed"]["events"], report["answers"]["wrong"]) == (22_927, 0)
    assert report["reconciliation"]["unexplained_minor"] == 0
