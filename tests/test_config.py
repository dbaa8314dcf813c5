"""Settings: what is refused, and how it is said."""

from pathlib import Path

import pytest

from dawam import config
from dawam.kernel import InvalidInput

TWO = '[institutions.one]\nprimary_url = "http://a"\n[institutions.two]\nprimary_url = "http://b"\n'


def refusal(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        config.read(text)
    return caught.value


def test_an_empty_file_gives_the_defaults() -> None:
    assert config.read("") == config.Settings()


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        (
            "[channels]\nprot = 1\n",
            "setting_unknown",
            {"setting": "channels.prot", "nearest": "channels.port"},
        ),
        ("[chanels]\nport = 1\n", "setting_unknown", {"setting": "chanels", "nearest": "channels"}),
        (
            TWO.replace("[institutions.two]", "[institutions.two]\nacounts = []"),
            "setting_unknown",
            {"setting": "institutions.two.acounts", "nearest": "institutions.two.accounts"},
        ),
        (
            "[storage]\nzzz = 1\n",
            "setting_unknown",
            {"setting": "storage.zzz", "nearest": "storage.url, storage.take_over_after_s"},
        ),
        ('[channels]\nport = "eighty"\n', "setting_invalid", {"setting": "channels.port"}),
        ("[channels]\nport = 65536\n", "setting_invalid", {"setting": "channels.port"}),
        ("[channels]\nport = -1\n", "setting_invalid", {"setting": "channels.port"}),
        (
            '[channels]\ntoken_sha256 = ["secret"]\n',
            "setting_invalid",
            {"setting": "channels.token_sha256[0]"},
        ),
        ('[channels]\ndefault_locale = "de"\n', "setting_invalid", {"setting": "channels.default_locale"}),
        ('[operators]\namal = "secret"\n', "setting_invalid", {"setting": "operators.amal"}),
        ("channels = 3\n", "setting_invalid", {"setting": "channels"}),
        (
            '[incidents]\nclose_after_quiet_s = "sometimes"\n',
            "setting_invalid",
            {"setting": "incidents.close_after_quiet_s"},
        ),
        ("[institutions.one]\n", "setting_missing", {"setting": "institutions.one.primary_url"}),
        (TWO + "accounts = [1]\n", "setting_invalid", {"setting": "institutions.two.accounts[0]"}),
        (TWO + 'accounts = "*"\n', "setting_invalid", {"setting": "institutions.two.accounts"}),
        (
            TWO + "[institutions.two.feed]\nwait_s = -1\n",
            "setting_invalid",
            {"setting": "institutions.two.feed.wait_s"},
        ),
        (
            TWO + "[institutions.two.feed]\nwait_s = nan\n",
            "setting_invalid",
            {"setting": "institutions.two.feed.wait_s"},
        ),
        (
            TWO + "[institutions.two.guard]\np0 = 0.5\np1 = 0.1\n",
            "setting_invalid",
            {"setting": "institutions.two.guard"},
        ),
        (
            TWO + "[institutions.two.standin.policy.limits]\nper_day_minro = 1\n",
            "setting_unknown",
            {"nearest": "institutions.two.standin.policy.limits.per_day_minor"},
        ),
        (
            TWO + '[[institutions.two.standin.policy.tiers]]\nname = "shop"\naccounts = []\nlimit = 1\n',
            "setting_unknown",
            {"setting": "institutions.two.standin.policy.tiers[0].limit"},
        ),
        (
            TWO
            + "[[institutions.two.standin.windows]]\nstarts_at = 2026-11-20T16:00:00\n"
            + "ends_at = 2026-11-22T18:00:00Z\n",
            "setting_invalid",
            {"setting": "institutions.two.standin.windows[0].starts_at"},
        ),
        ("[channels]\nport = = 3\n", "config_malformed", {"line": 2}),
        ("[channels]\nport = 1\nport = 2\n", "config_malformed", {"line": 3}),
        ('[channels]\nhost = """x', "config_malformed", {"line": 2}),
    ],
)
def test_a_bad_setting_is_named(text: str, code: str, params: dict[str, object]) -> None:
    error = refusal(text)
    assert error.code == code
    assert {name: error.params[name] for name in params} == params
    assert error.params["file"] == "dawam.toml"


def test_a_file_may_say_never() -> None:
    found = config.read('[incidents]\nclose_after_quiet_s = "never"\n')
    assert found.incidents.close_after_quiet_s == "never"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="config_missing"):
        config.load(tmp_path / "none.toml", {})


def test_a_folder_or_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="config_unreadable"):
        config.load(tmp_path, {})
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="config_unreadable"):
        config.load(tmp_path / "bytes.toml", {})


def test_the_environment_names_the_file_and_the_database(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[channels]\nport = 0\n")
    variables = {config.CONFIG_VARIABLE: str(file), config.DATABASE_VARIABLE: "sqlite:///elsewhere.db"}
    settings = config.load(None, variables)
    assert settings.channels.port == 0
    assert settings.storage.url == "sqlite:///elsewhere.db"


def test_a_secret_that_is_not_there_is_missed_by_its_name() -> None:
    institution = config.InstitutionSettings(primary_url="http://a", token_env="BANK_TOKEN")
    assert config.primary_token(institution, "bank", {"BANK_TOKEN": " s3cret \n"}) == "s3cret"
    with pytest.raises(InvalidInput, match="BANK_TOKEN"):
        config.primary_token(institution, "bank", {})


def test_a_margin_that_a_poll_may_outlast_is_refused() -> None:
    text = (
        '[institutions.bank]\nprimary_url = "http://127.0.0.1:1"\n[institutions.bank.feed]\nwait_s = 30.0\n'
    )
    with pytest.raises(InvalidInput) as caught:
        config.read(text)
    assert caught.value.code == "setting_invalid"
    assert "confirm_margin_s" in str(caught.value)
    assert config.read(text + "[institutions.bank.guard]\nconfirm_margin_s = 34.0\n").institutions


def test_a_day_may_be_counted_from_the_end_of_the_month_and_no_amount_is_negative() -> None:
    text = '[institutions.bank]\nprimary_url = "http://127.0.0.1:1"\n[institutions.bank.maintenance]\n'
    read = config.read(text + 'pay_days = [25, -1]\nload_file = "operations.csv"\n')
    maintenance = read.institutions["bank"].maintenance
    assert (maintenance.pay_days, maintenance.load_file) == ((25, -1), "operations.csv")
    with pytest.raises(InvalidInput, match="setting_invalid"):
        config.read(text + "overrun_after_s = -1.0\n")
