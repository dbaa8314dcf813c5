"""The institution's list: taken over as a whole, or not at all, each wrong line by its number."""

import pytest
from typer.testing import CliRunner

from dawam.kernel import DawamError, InvalidInput
from dawam.people import TABLES, Actor, Customer, Holding
from dawam.people.commands import people as app
from dawam.people.customers.contacts import email_of, phone_of
from dawam.people.customers.importing import read_file, take_over
from dawam.storage import Storage

from .world import MONA, Town

HEAD = "id,name,phone,email,locale,institution,account,label\n"


class Outside:
    def __init__(self, town):
        self.town = town

    def world(self):
        return self.town.world

    def storage(self, database):
        return Storage.open(database, tables=TABLES, inline=True)

    def say(self, error: DawamError):
        print(error)


def imported(town, tmp_path, text, *, encoding="utf-8"):
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encoding))
    return take_over(town.storage, town.people.customers, read_file(file, town.people.customers))


def test_a_list_is_taken_over_with_its_accounts(town, tmp_path):
    done = imported(
        town,
        tmp_path,
        "\ufeff" + HEAD + "C1,منى فاروق,٠١٠٠ ١٢٣ ٤٥٦٧,Mona@Example.com,ar,nile,EG-1,Current\n"
        "C1,,,,,nile,EG-2,Savings\n"
        '"C2","Dupont, Élodie",,elodie@example.com,fr,,,\n',
    )
    assert (done.customers, done.new, done.holdings, done.wrong_in_all) == (2, 2, 2, 0)
    mona = town.people.customers.owner_of("nile", "EG-2")
    assert (mona.id, mona.phone, mona.email) == ("C1", "+201001234567", "mona@example.com")
    assert [one.account for one in mona.holdings] == ["EG-1", "EG-2"]
    assert town.people.customers.customer("C2").locale == "fr"
    assert town.people.customers.owner_of("nile", "EG-9") is None


def test_a_list_again_changes_those_who_are_known(town, tmp_path):
    imported(town, tmp_path, HEAD + "C1,Mona,01001234567,,ar,nile,EG-1,\n")
    done = imported(town, tmp_path, HEAD + "C1,Mona Farouk,01001234568,,en,nile,EG-3,\n")
    assert (done.customers, done.new) == (1, 0)
    assert town.people.customers.customer("C1").name == "Mona Farouk"
    assert town.people.customers.owner_of("nile", "EG-1") is None


def test_wrong_lines_are_named_and_nothing_is_kept(town, tmp_path):
    done = imported(
        town,
        tmp_path,
        HEAD + "C1,Mona,01001234567,,ar,nile,EG-1,\n"
        ",Nobody,01001234569,,ar,,,\n"
        "C3,,01001234561,,ar,,,\n"
        "C4,Ali,,,ar,,,\n"
        "C5,Ali,12,,ar,,,\n"
        "C6,Ali,,a@b,ar,,,\n"
        "C7,Ali,01001234562,,de,,,\n"
        "C8,Ali,01001234563,,ar,nile,,\n"
        "C9,Ali,01001234564,,ar,nile,EG-1,\n"
        "C10,Ali\n",
    )
    assert [(wrong.line, wrong.error.code) for wrong in done.wrong] == [
        (3, "customer_id_malformed"),
        (4, "customer_unnamed"),
        (5, "customer_unreachable"),
        (6, "phone_malformed"),
        (7, "email_malformed"),
        (8, "customer_locale_unknown"),
        (9, "holding_malformed"),
        (10, "account_twice"),
        (11, "people_row_malformed"),
    ]
    assert town.people.customers.count() == 0


def test_what_contradicts_the_kept_list_rolls_all_of_it_back(town, tmp_path):
    town.add(MONA)
    done = imported(
        town,
        tmp_path,
        HEAD
        + "C2,Ali,01005550000,,ar,,,\nC3,Sara,0100 123 4567,,ar,,,\nC4,Omar,01005550001,,ar,nile,EG-1,\n",
    )
    assert [(wrong.line, wrong.error.code) for wrong in done.wrong] == [
        (3, "contact_taken"),
        (4, "account_taken"),
    ]
    assert town.people.customers.count() == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEAD.replace("label", "lable")])
def test_a_file_with_other_columns_is_refused(memory_town, tmp_path, text):
    with pytest.raises(InvalidInput, match="people_columns_wrong"):
        imported(memory_town, tmp_path, text)


def test_a_file_that_is_no_text_is_refused(memory_town, tmp_path):
    with pytest.raises(InvalidInput, match="people_file_unreadable"):
        imported(memory_town, tmp_path, HEAD + "C1,منى,01001234567,,ar,,,\n", encoding="utf-16")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("0100 123 4567", "+201001234567"),
        ("00201001234567", "+201001234567"),
        ("+20 (100) 123-4567", "+201001234567"),
        ("+٢٠١٠٠١٢٣٤٥٦٧", "+201001234567"),
        ("\u200e+201001234567\u200f", "+201001234567"),
    ],
)
def test_a_number_is_one_number_however_it_is_written(written, plain):
    assert phone_of(written, country_code="20") == plain


@pytest.mark.parametrize("written", ["", "+0100", "12", "+2010012345678901", "0100x234567", "+20100*1234567"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(InvalidInput, match="phone_malformed"):
        phone_of(written, country_code="20")


@pytest.mark.parametrize(
    "written", ["", "a", "@b.c", "a@b", "a b@c.de", "a@b..", "a@" + "b" * 260 + ".de", "a@b.c\u202e"]
)
def test_what_is_no_address_is_refused(written):
    with pytest.raises(InvalidInput, match="email_malformed"):
        email_of(written)


def test_the_command_imports_invites_and_checks_the_trail(tmp_path):
    url = f"sqlite:///{tmp_path / 'node.db'}"
    town = Town(url)
    town.close()
    run = CliRunner().invoke
    file = tmp_path / "list.csv"
    file.write_text(HEAD + "C1,Mona,01001234567,,ar,nile,EG-1,\n", encoding="utf-8")
    said = run(app, ["import", str(file), "--database", url], obj=Outside(town))
    assert (said.exit_code, said.stdout) == (0, "1 customers (1 new), 1 accounts and wallets\n")
    file.write_text(HEAD + "C1,,01001234567,,ar,nile,EG-1,\n", encoding="utf-8")
    said = run(app, ["import", str(file), "--database", url], obj=Outside(town))
    assert said.exit_code == 1
    assert "list.csv, line 2:" in said.output
    options = ["--database", url, "--public-url", "https://dawam.example", "--language", "fr"]
    said = run(app, ["invite", "--name", "Ali", "--role", "administrator", *options], obj=Outside(town))
    assert said.stdout.startswith("https://dawam.example/fr/invitation/")
    listed = run(app, ["staff", "--database", url], obj=Outside(town)).stdout
    assert "administrator  all institutions" in listed
    said = run(app, ["dismiss", listed.split()[0], "--database", url], obj=Outside(town))
    assert isinstance(said.exception, DawamError)
    assert said.exception.code == "administrator_last"
    said = run(app, ["trail", "--check", "--database", url], obj=Outside(town))
    assert said.stdout.startswith("The trail is intact: 1 entries. Head 1:")
    head = said.stdout.split()[-1]
    assert run(app, ["trail", "--check", "--head", head, "--database", url], obj=Outside(town)).exit_code == 0
    said = run(app, ["trail", "--check", "--head", "9" + head[1:], "--database", url], obj=Outside(town))
    assert (said.exit_code, said.output) == (1, "The trail is broken at entry 2: trail_cut.\n")
    assert "member_invited" in run(app, ["trail", "--database", url], obj=Outside(town)).stdout
    assert run(app, ["trail", "--head", "x", "--check", "--database", url], obj=Outside(town)).exit_code == 2


@pytest.mark.parametrize("words", [["staff"], ["dismiss", "M"], ["trail"]])
def test_what_needs_somebody_makes_no_database(tmp_path, words):
    said = CliRunner().invoke(app, [*words, "--database", f"sqlite:///{tmp_path / 'none.db'}"], obj=None)
    assert isinstance(said.exception, DawamError)
    assert list(tmp_path.iterdir()) == []


def test_an_account_belongs_to_one_customer(town):
    town.add(MONA)
    other = Customer(
        id="C2", name="Ali", phone="01005550000", holdings=(Holding(institution="nile", account="EG-1"),)
    )
    with pytest.raises(DawamError, match="account_taken"):
        town.add(other)
    assert Actor("system").institutions == ()
