"""Is this message really from us?"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.kernel import InvalidInput
from dawam.status.notices import Change, Verdict, grouped
from dawam.status.notices.codes import visible
from dawam.status.notices.comparing import closest, pieces, same, words_of

from .conftest import TEXTS

LOCALES = ("ar", "fr", "en")


def to_arabic_digits(text):
    return "".join(chr(0x660 + int(c)) if c in "0123456789" else c for c in text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "mangled",
    [
        lambda text: text,
        lambda text: text.lower(),
        lambda text: text.upper(),
        lambda text: " ".join(text.split()),
        lambda text: text.replace(" ", "  \n"),
        lambda text: "\u200f" + text.replace(" ", "\u00a0\u200e") + "\u202c",
        lambda text: to_arabic_digits(text) if "http" not in text else text,
        lambda text: text.replace("’", "'"),
    ],
)
def test_a_message_that_only_looks_different_is_genuine(notices, publish, locale, mangled):
    notice = publish()
    subject, body = notices.wording.email(notice, locale)
    for form in (notices.wording.sms(notice, locale), body, f"{subject}\n\n{body}"):
        found = notices.check(mangled(form))
        assert (found.verdict, found.locale, found.whole) == (Verdict.GENUINE, locale, True)


def test_the_code_alone_shows_what_the_message_must_say(notices, publish):
    notice = publish()
    for typed in (
        notice.code,
        grouped(notice.code).lower(),
        f"code {notice.code}",
        f"الرمز: {grouped(notice.code)}",
    ):
        found = notices.check(typed)
        assert (found.verdict, found.whole) == (Verdict.GENUINE, False)
        assert found.notice.texts == TEXTS


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + " Confirm at https://evil.example/login",
        lambda text: text.replace("No payment", "A payment"),
        lambda text: text.replace("No payment", "payment"),
        lambda text: text.replace("10:42", "10:43"),
        lambda text: text.replace("a", "а"),  # Cyrillic
        lambda text: text + " https://status.example.com@evil.example/",
        lambda text: text + " https://status.example.com.evil.example/",
        lambda text: text.replace("10:42", "\u202e24:01"),
        lambda text: text.replace(". ", ". Call 0900-12 34 56 now. "),
    ],
)
def test_a_changed_message_is_altered_and_the_difference_is_shown(notices, publish, change):
    notice = publish()
    _, body = notices.wording.email(notice, "en")
    found = notices.check(change(body))
    assert found.verdict is Verdict.ALTERED
    assert {piece.change for piece in found.pieces} - {Change.SAME}
    assert found.notice.id == notice.id


def test_a_real_code_in_another_message_does_not_make_it_ours(notices, publish):
    notice = publish()
    found = notices.check(f"Your account is closed. Call 555. {grouped(notice.code)}")
    assert found.verdict is Verdict.ALTERED


def test_what_is_not_ours_is_unknown(notices, publish):
    publish()
    for text in (
        "K7QM-2XRD",
        "Dear customer, press here",
        "https://evil.example",
        "٠٠٠٠-٠٠٠٠",
        "\u202e\u202e",
    ):
        assert notices.check(text).verdict is Verdict.UNKNOWN


def test_a_withdrawn_notice_says_since_when_and_what_replaced_it(notices, publish, storage, clock):
    first = publish()
    clock.pass_s(60)
    second = publish()
    storage.write_now(lambda tx: notices.withdraw(tx, first.id, now=clock.now()))
    found = notices.check(first.code)
    assert found.verdict is Verdict.WITHDRAWN
    assert (found.notice.withdrawn_at, found.newer.id) == (clock.now(), second.id)
    _, body = notices.wording.email(first, "fr")
    assert notices.check(body).verdict is Verdict.WITHDRAWN
    assert notices.check(body + " oui non peut-être").verdict is Verdict.ALTERED


@pytest.mark.parametrize(
    ("text", "code"), [("", "message_empty"), (" ", "message_empty"), ("x" * 8001, "message_too_long")]
)
def test_nothing_and_too_much_are_refused(notices, text, code):
    with pytest.raises(InvalidInput, match=code):
        notices.check(text)


def test_an_answer_by_sms_is_short_and_gives_the_next_step(notices, publish):
    notice = publish()
    for locale in LOCALES:
        assert notice.texts[locale].title in notices.answer_sms(notice.code, locale).replace(
            "\u2068", ""
        ).replace("\u2069", "")
        assert "https" not in notices.answer_sms("what?", locale)
        assert notices.answer_sms("", locale) == notices.answer_sms("K7QM-2XRD", locale)
    _, body = notices.wording.email(notice, "en")
    assert notices.answer_sms(body, "en").startswith("Yes")
    assert "changed" in notices.answer_sms(body + " press here now please", "en")


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


@given(TEXT)
def test_hostile_text_is_judged_not_obeyed(text):
    words = words_of(visible(text), origin="https://status.example.com")
    form = words_of("Balances come from the standby system", origin="https://status.example.com")
    best = closest(words, [form])
    if not same(words, best):
        told = pieces(words, best)
        assert any(piece.change is not Change.SAME for piece in told)
        given_words = " ".join(p.words for p in told if p.change is not Change.LEFT_OUT)
        assert given_words.split() == [word for _, w in words for word in w.split()]


@given(st.text(max_size=300))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_gets_a_verdict(notices, text):
    if text.strip():
        assert notices.check(text).verdict in (Verdict.UNKNOWN,)
