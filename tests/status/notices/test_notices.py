"""What was published stays as it was, is numbered, signed, and told upwards."""

import msgspec
import pytest

from dawam.kernel import Conflict, IntegrityBroken, InvalidInput, NotFound
from dawam.ledger import SigningKey
from dawam.status.notices import Notices, NoticeSettings, NoticeText, Verdict, canonical, read_code
from dawam.status.notices.tables import notice_texts
from dawam.storage import Reader

from .conftest import TEXTS, a_world


def test_a_notice_is_numbered_within_its_subject_and_replaces_the_one_before(publish, notices):
    first, other, second = publish(), publish("i-2"), publish()
    assert (first.sequence, second.sequence, other.sequence) == (1, 2, 1)
    assert (first.replaces, second.replaces) == (None, first.id)
    assert notices.notice(first.id).replaced_by == second.id
    assert notices.of_subject("i-1") == [notices.notice(first.id), second]
    assert notices.last_of("i-1") == second
    assert read_code(first.code) == first.code


def test_recent_notices_come_newest_first_page_by_page_and_by_institution(publish, notices, clock):
    made = []
    for number in range(5):
        made.append(publish(f"i-{number}", institution=("nile-bank", "atlas")[number % 2]).id)
        clock.pass_s(1)
    first = notices.recent(limit=2)
    rest = notices.recent(limit=9, before=first[-1].id)
    assert [one.id for one in [*first, *rest]] == made[::-1]
    assert [one.id for one in notices.recent("atlas")] == [made[3], made[1]]
    assert len(notices.recent(capability="payment")) == 5
    assert notices.recent(capability="cheque") == []


def test_each_publication_and_withdrawal_is_news(publish, notices, storage, clock):
    told = []
    reader = Reader("test", storage, lambda tx, news: told.append((news.topic, news.body.decode())))
    notice = publish()
    storage.write_now(lambda tx: notices.withdraw(tx, notice.id, now=clock.now()))

    import asyncio

    asyncio.run(reader.catch_up())
    assert told == [("notice_published", notice.id), ("notice_withdrawn", notice.id)]


def test_a_notice_with_a_known_id_is_not_said_twice(publish, notices):
    assert publish(id="0" * 26) == publish(id="0" * 26)
    assert len(notices.recent()) == 1


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"ar": TEXTS["ar"], "en": TEXTS["en"]}, "notice_text_missing"),
        ({**TEXTS, "fr": NoticeText("  ", "x")}, "notice_text_missing"),
        ({**TEXTS, "fr": NoticeText("x" * 201, "x")}, "notice_text_too_long"),
        ({**TEXTS, "fr": NoticeText("x", "x" * 4001)}, "notice_text_too_long"),
    ],
)
def test_a_notice_needs_a_fitting_text_in_every_language(publish, texts, code):
    with pytest.raises(InvalidInput) as refused:
        publish(texts=texts)
    assert refused.value.code == code


def test_a_notice_is_taken_back_once(publish, notices, storage, clock):
    notice = publish()
    storage.write_now(lambda tx: notices.withdraw(tx, notice.id, now=clock.now()))
    assert notices.notice(notice.id).withdrawn_at == clock.now()
    with pytest.raises(Conflict, match="notice_withdrawn_already"):
        storage.write_now(lambda tx: notices.withdraw(tx, notice.id, now=clock.now()))
    with pytest.raises(NotFound, match="notice_not_found"):
        storage.write_now(lambda tx: notices.withdraw(tx, "0" * 26, now=clock.now()))


def test_a_notice_read_again_carries_the_signature_of_the_key_that_was_kept(publish, storage, clock, notices):
    notice = publish()
    again = Notices(storage, a_world(clock, seed=2))
    assert again.public_key == notices.public_key
    assert again.verifies(again.notice(notice.id))
    forged = msgspec.structs.replace(notice, sequence=2)
    assert not again.verifies(forged)
    assert canonical(notice).startswith(b'dawam notice 1\n{"capabilities":["balance","payment"],"code":')


def test_a_key_from_a_file_signs_and_the_former_key_still_counts(publish, notices, storage, clock, tmp_path):
    notice = publish()
    file = tmp_path / "key"
    key = SigningKey.generate("nile-notices", bytes(range(32)))
    file.write_text(key.text)
    settings = NoticeSettings(signing_key_file=str(file), former_keys=(notices.public_key,))
    later = Notices(storage, a_world(clock), settings)
    assert later.public_key == key.verifying.text
    assert later.check(notice.code).verdict is Verdict.GENUINE
    forgetful = Notices(storage, a_world(clock), NoticeSettings(signing_key_file=str(file)))
    with pytest.raises(IntegrityBroken, match="notice_signature_broken"):
        forgetful.check(notice.code)


def test_a_text_changed_in_the_database_is_found_out(publish, notices, storage):
    notice = publish()
    change = notice_texts.update().where(notice_texts.c.locale == "fr").values(body="Donnez votre code.")
    storage.write_now(lambda tx: tx.execute(change))
    with pytest.raises(IntegrityBroken, match="notice_signature_broken"):
        notices.check(notice.code)
