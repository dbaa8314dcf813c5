"""The command line as a user types it: in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from dawam.cli import MOUNTS, run


class Typed(NamedTuple):
    """What a line of words came to."""

    status: int
    out: str
    err: str

    @property
    def code(self) -> str:
        """The code of a refusal, which is said in at most three lines and without a traceback."""
        assert self.status == 2, self.err
        assert "Traceback" not in self.err
        lines = self.err.strip().splitlines()
        assert 2 <= len(lines) <= 3
        assert self.out == ""
        return lines[0].rpartition("(")[2].rstrip(")")


Type = Callable[..., Typed]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Type words at the terminal."""
    for name in [name for name in os.environ if name.startswith("DAWAM_")]:
        monkeypatch.delenv(name)

    def type_words(*words: str, **variables: str) -> Typed:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        status = run(words)
        said = capsys.readouterr()
        return Typed(status, said.out, said.err)

    yield type_words
    structlog.reset_defaults()


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


def test_the_version_is_printed(typed: Type) -> None:
    assert typed("--version").out.startswith("dawam ")


def test_it_runs_as_a_module_too() -> None:
    done = subprocess.run([sys.executable, "-m", "dawam", "config", "check", "--config", "/no/such/file"])
    assert done.returncode == 2


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
def test_every_mounted_command_has_its_own_help(typed: Type, name: str) -> None:
    said = typed(name, "--help")
    assert said.status == 0
    assert f"dawam {name}" in said.out


@pytest.mark.parametrize(
    "words", [["nonsense"], ["serve", "--prot", "1"], ["settle", "bank"], ["mode"], ["config", "chekc"]]
)
def test_what_is_no_command_is_said_so(typed: Type, words: list[str]) -> None:
    said = typed(*words)
    assert said.status == 2
    assert "Traceback" not in said.err


def test_a_configuration_is_checked(typed: Type, tmp_path: Path) -> None:
    said = typed("config", "check", "--config", bank(tmp_path))
    assert said.status == 0
    assert "bank: http://127.0.0.1:9" in said.out
    assert not (tmp_path / "books.db").exists()


@pytest.mark.parametrize(
    ("language", "word"),
    [("C", "a restart ends"), ("ar_EG.UTF-8", "إعادة التشغيل"), ("fr_FR", "un redémarrage")],
)
def test_codes_that_a_restart_would_end_are_named_where_the_configuration_is_checked(
    typed: Type, tmp_path: Path, language: str, word: str
) -> None:
    said = typed("config", "check", "--config", bank(tmp_path), LC_ALL=language)
    assert said.status == 0
    assert word in said.err
    kept = bank(tmp_path, more='[portal]\nsecret_env = "DAWAM_CODES"')
    assert typed("config", "check", "--config", kept, DAWAM_CODES="long").err == ""


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
    typed: Type, tmp_path: Path, command: list[str], text: str, code: str
) -> None:
    assert typed(*command, "--config", configured(tmp_path, text)).code == code
    assert [file.name for file in tmp_path.iterdir()] == ["dawam.toml"]


def test_a_missing_configuration_is_named(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert typed("serve").code == "config_missing"
    assert typed("serve", DAWAM_CONFIG=str(tmp_path / "x.toml")).code == "config_missing"


def test_an_unknown_database_is_refused(typed: Type, tmp_path: Path) -> None:
    said = typed("serve", "--config", bank(tmp_path), DAWAM_DATABASE_URL="oracle://x")
    assert said.code == "database_url_unknown"


def test_a_command_needs_the_persons_token_and_a_node(typed: Type) -> None:
    assert typed("mode", "bank").code == "secret_missing"
    token = {"DAWAM_OPERATOR_TOKEN": "t"}
    assert typed("mode", "bank", "--url", "http://127.0.0.1:9", **token).code == "node_unreachable"
    assert typed("mode", "bank", "--url", "nowhere", **token).code == "node_url_malformed"
    assert typed("mode", "bank", "--url", "http://a:b", **token).code == "node_url_malformed"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A node whose primary is down, with one operator."""
    from dawam.web import token_digest

    with serving(bank(tmp_path, more=f'[operators]\namal = "{token_digest("amal-token")}"')) as found:
        yield found


@contextmanager
def serving(file: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A node of a configuration, where it is reached, until it is no longer needed."""
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


def test_a_node_is_commanded_from_the_terminal(
    typed: Type, node: tuple[str, "subprocess.Popen[str]"]
) -> None:
    url, _process = node
    here = ("bank", "--url", url)
    token = {"DAWAM_OPERATOR_TOKEN": "amal-token"}
    taken = typed("take-over", *here, "--reason", "a test", "--json", **token)
    assert taken.status == 0, taken.err
    assert {state["mode"] for state in json.loads(taken.out)["capabilities"]} == {"standing_in"}
    assert "standing_in" in typed("mode", *here).out
    assert typed("parked", *here).out.strip() == "0 parked"
    assert typed("settle", "bank", "nonsense", "retry", "--url", url).code == "id_malformed"
    assert typed("hand-back", *here, "--reason", "over").status == 0
    assert typed("mode", "other", "--url", url).code == "institution_not_found"
    assert typed("reconcile", *here).code.startswith("primary_")
    assert typed("mode", *here, DAWAM_OPERATOR_TOKEN="nobody").code == "token_wrong"


def test_a_taken_port_and_a_database_in_use_are_named(
    typed: Type, tmp_path: Path, node: tuple[str, "subprocess.Popen[str]"]
) -> None:
    url, _process = node
    port = int(url.rpartition(":")[2])
    other = tmp_path / "other"
    other.mkdir()
    assert typed("serve", "--config", bank(other, port=port)).code == "port_in_use"
    assert typed("serve", "--config", str(tmp_path / "dawam.toml")).code == "database_in_use"


def test_the_first_administrator_is_invited_before_the_node_has_ever_run(typed: Type, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'books.db'}"
    where = ("--database", database, "--public-url", "https://dawam.example", "--language", "fr")
    invited = typed("people", "invite", "--name", "Amal", "--role", "administrator", *where)
    assert invited.status == 0, invited.err
    assert invited.out.startswith("https://dawam.example/fr/invitation/")
    assert "1 members" in typed("people", "staff", "--database", database).out
    assert (
        "The trail is intact: 1 entries." in typed("people", "trail", "--check", "--database", database).out
    )
    checked = typed("storage", "check", "--database", database)
    assert "can be used by this version" in checked.out
    with serving(bank(tmp_path)) as (url, _):
        assert typed("mode", "bank", "--url", url).code == "secret_missing"
    assert typed("people", "invite", "--name", "Omar", "--role", "operator", *where).status == 0


def test_an_invitation_while_the_node_runs_is_sent_to_its_page(
    typed: Type, tmp_path: Path, node: tuple[str, "subprocess.Popen[str]"]
) -> None:
    where = ("--database", f"sqlite:///{tmp_path / 'books.db'}")
    refused = typed("people", "invite", "--name", "Amal", "--role", "administrator", *where, LC_ALL="C")
    assert refused.code == "people_database_in_use"
    assert "/en/console/staff" in refused.err
    assert typed("people", "staff", *where).out == "0 members\n"


def test_ctrl_c_ends_a_node_cleanly(node: tuple[str, "subprocess.Popen[str]"]) -> None:
    _url, process = node
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ar_EG.UTF-8", "لا يمكن قبول الطلب"),
        ("fr_MA.UTF-8", "La demande ne peut pas"),
        ("C", "The request cannot"),
    ],
)
def test_a_refusal_speaks_the_language_of_the_terminal(language: str, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dawam", "serve", "--config", "nowhere.toml"],
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": language, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 2
    assert says in done.stderr


def test_a_taken_port_leaves_no_database_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = tmp_path / "dawam.toml"
        config.write_text(
            f'[storage]\nurl = "sqlite:///{tmp_path}/books.db"\n'
            f"[channels]\nport = {taken.getsockname()[1]}\n"
            '[institutions.bank]\nprimary_url = "http://127.0.0.1:1"\n'
        )
        assert run(["serve", "--config", str(config)]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["dawam.toml"]
