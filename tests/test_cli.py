"""The command line as a user types it: in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dawam.cli import MOUNTS

NOTHING: dict[str, str] = {}


def dawam(
    *words: str, cwd: Path | None = None, variables: dict[str, str] = NOTHING
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAWAM_")}
    return subprocess.run(
        [sys.executable, "-m", "dawam", *words],
        cwd=cwd,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def refused(*words: str, cwd: Path | None = None, variables: dict[str, str] = NOTHING) -> str:
    """The code of a refusal, which is said in at most three lines and without a traceback."""
    done = dawam(*words, cwd=cwd, variables=variables)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert 2 <= len(lines) <= 3
    assert done.stdout == ""
    return lines[0].rpartition("(")[2].rstrip(")")


def configured(folder: Path, text: str) -> str:
    file = folder / "dawam.toml"
    file.write_text(text)
    return str(file)


def bank(folder: Path, *, port: int = 0, more: str = "") -> str:
    return configured(
        folder,
        f'[storage]\nurl = "sqlite:///{folder}/books.db"\n[channels]\nport = {port}\n{more}\n'
        '[institutions.bank]\nprimary_url = "http://127.0.0.1:9"\n',
    )


def test_the_version_is_printed() -> None:
    assert dawam("--version").stdout.startswith("dawam ")


def test_help_lists_every_command_without_importing_a_slice() -> None:
    script = (
        "import sys; from dawam.cli import run; run(['--help']);"
        "print([name for name in sys.modules if name in ('litestar', 'sqlalchemy', 'polars', 'aiohttp')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
    for name in (
        *MOUNTS,
        "serve",
        "config",
        "mode",
        "take-over",
        "hand-back",
        "parked",
        "settle",
        "reconcile",
    ):
        assert f" {name} " in done.stdout


@pytest.mark.parametrize("name", sorted(MOUNTS))
def test_every_mounted_command_has_its_own_help(name: str) -> None:
    done = dawam(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"dawam {name}" in done.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["serve", "--prot", "1"], ["settle", "bank"], ["mode"]])
def test_what_is_no_command_is_said_so(words: list[str]) -> None:
    done = dawam(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_configuration_is_checked(tmp_path: Path) -> None:
    done = dawam("config", "check", "--config", bank(tmp_path))
    assert done.returncode == 0
    assert "bank: http://127.0.0.1:9" in done.stdout
    assert not (tmp_path / "books.db").exists()


@pytest.mark.parametrize("command", [["serve"], ["config", "check"]])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "institutions_missing"),
        ("[channels]\nprot = 1\n", "setting_unknown"),
        ("[channels]\nport = 'x'\n", "setting_invalid"),
        ("[channels\n", "config_malformed"),
        ("[institutions.b]\n", "setting_missing"),
        ('[institutions.b]\nprimary_url = "ftp://x"\n', "primary_url_malformed"),
        ('[institutions.b]\nprimary_url = "http://x"\ntoken_env = "NO_SUCH"\n', "secret_missing"),
        (
            '[channels]\nhost = "0.0.0.0"\n[institutions.b]\nprimary_url = "http://x"\n',
            "channel_open_to_network",
        ),
    ],
)
def test_a_bad_configuration_stops_the_start(
    tmp_path: Path, command: list[str], text: str, code: str
) -> None:
    assert refused(*command, "--config", configured(tmp_path, text)) == code
    assert [file.name for file in tmp_path.iterdir()] == ["dawam.toml"]


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    assert refused("serve", cwd=tmp_path) == "config_missing"
    assert refused("serve", variables={"DAWAM_CONFIG": str(tmp_path / "x.toml")}) == "config_missing"


def test_an_unknown_database_is_refused(tmp_path: Path) -> None:
    file = bank(tmp_path)
    assert refused("serve", "--config", file, variables={"DAWAM_DATABASE_URL": "oracle://x"}) == (
        "database_url_unknown"
    )


def test_a_command_needs_the_persons_token_and_a_node() -> None:
    assert refused("mode", "bank") == "secret_missing"
    token = {"DAWAM_OPERATOR_TOKEN": "t"}
    assert refused("mode", "bank", "--url", "http://127.0.0.1:9", variables=token) == "node_unreachable"
    assert refused("mode", "bank", "--url", "nowhere", variables=token) == "node_url_malformed"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A node whose primary is down, with one operator."""
    from dawam.web import token_digest

    file = bank(tmp_path, more=f'[operators]\namal = "{token_digest("amal-token")}"')
    with subprocess.Popen(
        [sys.executable, "-m", "dawam", "serve", "--config", file],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        ready = process.stdout.readline()
        assert "dawam ready at http://127.0.0.1:" in ready, process.stderr and process.stderr.read()
        try:
            yield ready.split()[3], process
        finally:
            process.terminate()
            process.communicate(timeout=20)


def test_a_node_is_commanded_from_the_terminal(node: tuple[str, "subprocess.Popen[str]"]) -> None:
    url, _process = node
    token = {"DAWAM_OPERATOR_TOKEN": "amal-token"}
    taken = dawam("take-over", "bank", "--reason", "a test", "--url", url, "--json", variables=token)
    assert taken.returncode == 0, taken.stderr
    assert {state["mode"] for state in json.loads(taken.stdout)["capabilities"]} == {"standing_in"}
    shown = dawam("mode", "bank", "--url", url, variables=token)
    assert "standing_in" in shown.stdout
    assert dawam("parked", "bank", "--url", url, variables=token).stdout.strip() == "0 parked"
    assert dawam("hand-back", "bank", "--reason", "over", "--url", url, variables=token).returncode == 0
    wrong = {"DAWAM_OPERATOR_TOKEN": "nobody"}
    assert refused("mode", "bank", "--url", url, variables=wrong) == "token_wrong"
    assert refused("mode", "other", "--url", url, variables=token) == "institution_not_found"
    assert refused("reconcile", "bank", "--url", url, variables=token).startswith("primary_")


def test_a_taken_port_and_a_database_in_use_are_named(
    tmp_path: Path, node: tuple[str, "subprocess.Popen[str]"]
) -> None:
    url, _process = node
    port = int(url.rpartition(":")[2])
    other = tmp_path / "other"
    other.mkdir()
    assert refused("serve", "--config", bank(other, port=port)) == "port_in_use"
    assert refused("serve", "--config", str(tmp_path / "dawam.toml")) == "database_in_use"


def test_ctrl_c_ends_a_node_cleanly(node: tuple[str, "subprocess.Popen[str]"]) -> None:
    _url, process = node
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert "Traceback" not in said
