"""The chart of accounts: paths that name one account each, branches, and sums below them."""

from random import Random

import pytest
from sqlalchemy.exc import IntegrityError

from dawam.kernel import Conflict, InvalidInput, NotFound
from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.ledger.chart import TABLES as CHART_TABLES
from dawam.ledger.chart import Chart, Child, Named, account_id_of, is_path, store
from dawam.storage import Storage

NOW = 1_800_000_000_000_000_000
EGP, USD = 818, 840
EVERYTHING = [*dict.fromkeys([*TABLES, *CHART_TABLES])]


@pytest.fixture
def storage(database_url):
    on_each_engine = Storage.open(database_url, tables=EVERYTHING, inline=True)
    yield on_each_engine
    on_each_engine.close()


@pytest.fixture
def ledger(storage):
    return Ledger(storage)


@pytest.fixture
def chart(storage, ledger):
    return Chart(storage, ledger)


def open_named(storage, ledger, chart, paths, currency=EGP):
    """Open an account under each path; its id follows from the path."""
    accounts = [Account(account_id_of(path), currency, 1) for path in paths]

    def verb(tx):
        assert not any(ledger.create_accounts(tx, accounts, now_ns=NOW))
        return [
            chart.name_account(tx, path, account.id) for path, account in zip(paths, accounts, strict=True)
        ]

    assert all(storage.write_now(verb))


def name(storage, chart, path, account_id):
    return storage.write_now(lambda tx: chart.name_account(tx, path, account_id))


def test_an_account_is_found_by_its_path_and_a_path_by_its_account(storage, ledger, chart):
    path = "liabilities:wallets:egp:agent-7"
    open_named(storage, ledger, chart, [path])
    assert chart.find(path) == account_id_of(path)
    assert chart.path_of(account_id_of(path)) == path
    assert storage.write_now(lambda tx: chart.find_in(tx, path)) == account_id_of(path)
    assert chart.find("liabilities:wallets:egp") is None
    assert [chart.path_of(number) for number in (77, 0, -1, 2**128)] == [None] * 4


def test_every_node_gives_a_path_the_same_account_id():
    assert account_id_of("assets:cash:egp") == 0x1292092C47CBDB95FA16394F75572A83
    assert account_id_of("assets:cash:egp") != account_id_of("assets:cash:usd")


def test_naming_again_changes_nothing_and_a_name_stays_for_ever(storage, ledger, chart):
    one, other = "assets:cash:one", "assets:cash:other"
    open_named(storage, ledger, chart, [one, other])
    assert name(storage, chart, one, account_id_of(one)) is False
    with pytest.raises(Conflict, match="chart_path_taken"):
        name(storage, chart, one, account_id_of(other))
    with pytest.raises(Conflict, match="chart_account_named"):
        name(storage, chart, "assets:cash:third", account_id_of(one))
    for unknown in (5, 0, -1, 2**128):
        with pytest.raises(NotFound, match="chart_account_unknown"):
            name(storage, chart, "assets:cash:third", unknown)
    assert [line.path for line in chart.lines()] == [one, other]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "assets",
        "assets:",
        "assets::cash",
        ":assets",
        "Assets:cash",
        "money:cash",
        "assets:Cash",
        "assets:ca sh",
        "assets:cash\n",
        "assets:cash\n2026-01-01 open",
        "assets:-cash",
        "assets:cash-",
        "assets:ca--sh",
        "assets:ca-_sh",
        "assets:نقد",
        "assets:٧",
        "assets:" + "a" * 194,
        "assets" + ":a" * 12,
        "equity:unmapped",
        "equity:unmapped:01",
    ],
)
def test_what_is_no_path_is_refused(storage, chart, path):
    assert not is_path(path)
    for asking in (
        lambda: chart.find(path),
        lambda: name(storage, chart, path, 1),
        lambda: account_id_of(path),
    ):
        with pytest.raises(InvalidInput, match="chart_path_malformed"):
            asking()


def test_the_longest_and_the_deepest_path_are_accepted():
    for path in ("assets:" + "a" * 193, "assets" + ":a" * 11, "equity:unmapped-not", "income:7"):
        assert is_path(path)


def test_children_are_accounts_branches_or_both(storage, ledger, chart):
    paths = [
        "assets:cash",
        "assets:cash:till-1",
        "assets:cash:till-2",
        "assets:cash-in-transit",
        "assets:cash0",
        "assets:nostro:usd:citi",
        "expenses:rent",
    ]
    open_named(storage, ledger, chart, paths)
    assert chart.children("assets") == [
        Child("assets:cash", account_id_of("assets:cash"), is_branch=True),
        Child("assets:cash-in-transit", account_id_of("assets:cash-in-transit"), is_branch=False),
        Child("assets:cash0", account_id_of("assets:cash0"), is_branch=False),
        Child("assets:nostro", None, is_branch=True),
    ]
    assert [child.path for child in chart.children("assets:cash")] == [
        "assets:cash:till-1",
        "assets:cash:till-2",
    ]
    assert chart.children("assets:nostro:usd:citi") == []
    assert chart.children("income") == []
    for wrong in ("", "money", "assets:", "assets:x%"):
        with pytest.raises(InvalidInput, match="chart_path_malformed"):
            chart.children(wrong)


def test_children_and_lines_agree_with_a_list_whatever_the_size(storage, ledger, chart, monkeypatch):
    """Paths of a few short segments, so that many share beginnings; pages end everywhere."""
    chance = Random(7)
    words = ["a", "a-a", "a_a", "a0", "aa", "b"]
    paths = sorted(
        {
            ":".join(["assets", *(chance.choice(words) for _ in range(chance.randint(1, 6)))])
            for _ in range(1500)
        }
    )
    assert len(paths) > 2 * store.PAGE
    open_named(storage, ledger, chart, paths)
    assert [line.path for line in chart.lines()] == paths
    for branch in ["assets", "assets:a", "assets:a:a", "assets:aa", "assets:b:a0", "assets:a_a:b:aa"]:
        below = [path for path in paths if path.startswith(branch + ":")]
        children = sorted({":".join(path.split(":")[: branch.count(":") + 2]) for path in below})
        assert [child.path for child in chart.children(branch)] == children
        own = [branch] if branch in paths else []
        assert list(chart.lines(branch)) == [Named(path, account_id_of(path)) for path in own + below]


def test_totals_sum_the_accounts_below_per_currency(storage, ledger, chart):
    egp = ["liabilities:wallets", "liabilities:wallets:egp:one", "liabilities:wallets:egp:two"]
    open_named(storage, ledger, chart, [*egp, "liabilities:wallets-old", "assets:bank:egp"], EGP)
    open_named(storage, ledger, chart, ["liabilities:wallets:usd:one", "assets:bank:usd"], USD)
    posted = [
        Transfer(
            1000 + place, account_id_of("assets:bank:egp"), account_id_of(path), amount, ledger=EGP, code=1
        )
        for place, (path, amount) in enumerate(
            zip([*egp, "liabilities:wallets-old"], (1, 20, 300, 4000), strict=True)
        )
    ]
    one = account_id_of("liabilities:wallets:usd:one")
    posted += [
        Transfer(2000, account_id_of("assets:bank:usd"), one, 50_000, ledger=USD, code=1),
        Transfer(2001, one, account_id_of("assets:bank:usd"), 700, ledger=USD, code=1, flags=2),
    ]
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, posted, now_ns=NOW)))
    in_egp, in_usd = chart.totals("liabilities:wallets")
    assert (in_egp.ledger, in_egp.accounts, in_egp.balance_minor) == (EGP, 3, 321)
    assert (in_usd.ledger, in_usd.accounts, in_usd.balance_minor) == (USD, 1, 50_000)
    assert in_usd.debits_pending == 700
    assert [total.balance_minor for total in chart.totals("liabilities")] == [4321, 50_000]
    assert [total.balance_minor for total in chart.totals("assets")] == [-4321, -50_000]
    assert chart.totals("income") == []


def test_the_database_forbids_what_the_chart_forbids(storage, ledger, chart):
    open_named(storage, ledger, chart, ["assets:cash"])
    for path, account_id in (("assets:cash", 9), ("assets:other", account_id_of("assets:cash")), ("", 9)):
        with pytest.raises(IntegrityError):
            storage.write_now(lambda tx, path=path, number=account_id: store.add(tx, path, number))
    assert [line.path for line in chart.lines()] == ["assets:cash"]


def test_a_name_goes_with_the_verb_that_gave_it(storage, ledger, chart):
    open_named(storage, ledger, chart, ["assets:cash"])
    storage.write_now(lambda tx: ledger.create_accounts(tx, [Account(9, EGP, 1)], now_ns=NOW))

    def fails(tx):
        chart.name_account(tx, "assets:nine", 9)
        raise NotFound("chart_account_unknown", path="assets:nine")

    with pytest.raises(NotFound):
        storage.write_now(fails)
    assert chart.find("assets:nine") is None
    assert name(storage, chart, "assets:nine", 9) is True
