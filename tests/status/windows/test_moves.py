"""Moving a window: who may, what is refused, and that everything follows in the same commit."""

import asyncio
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy.exc import IntegrityError

from dawam.kernel import DawamError
from dawam.status.notices import NoticeText
from dawam.status.windows import TABLES, Act, Times, WindowState
from dawam.status.windows.tables import window_changes, window_moves
from dawam.storage import Storage
from dawam.web.pages import moment

from .stage import HOURS, NIGHT, START, Browser, Desk, texts
from .test_life import DAY, acts, simulated, sleep_until

OLD = Times(NIGHT, NIGHT + 2 * HOURS)
LATER = Times(NIGHT + DAY, NIGHT + DAY + 3 * HOURS)
SOON = Times(START + DAY, START + DAY + HOURS)


def refused(work):
    try:
        asyncio.run(work)
    except DawamError as error:
        return error.code
    return None


def move(desk, window, times=LATER, *, by="amal", once=None, **more):
    return desk.windows.moves.move(
        window.id, times, by=by, reason="not ready", once=once or desk.new_id(), **more
    )


def agree(desk, window, *, by="badr", which=None):
    asked = desk.windows.moves.asked(window.id)
    return desk.windows.moves.agree(
        window.id, which or (asked.id if asked else ""), by=by, once=desk.new_id()
    )


@pytest.fixture
def desk():
    return Desk()


def test_a_move_is_told_with_both_times_and_everything_follows(database_url):
    storage = Storage.open(database_url, tables=TABLES, inline=True)
    desk = Desk(storage=storage)
    window = asyncio.run(desk.announced())
    desk.clock.moment += HOURS
    after = asyncio.run(move(desk, window))
    assert after == desk.windows.known(window.id)
    assert (after.state, after.times, after.sequence) == (WindowState.ANNOUNCED, LATER, 1)
    assert after.texts == texts(LATER.starts_at, 3 * HOURS)
    said = desk.told.published[-1]
    assert (said["kind"], said["subject_id"], set(said["texts"])) == ("window", window.id, {"ar", "fr", "en"})
    assert "Tuesday, 8 December 2026 at 02:00 to 04:00" in said["texts"]["en"].body
    assert "Wednesday, 9 December 2026 at 02:00 to 05:00" in said["texts"]["en"].body
    (scheduled,) = desk.told.scheduled["misr"]
    assert Times(scheduled.starts_at, scheduled.ends_at) == LATER
    assert desk.told.noted[-1] == ("window_moved", "amal", "not ready")
    change = desk.windows.history(window.id)[-1]
    assert (change.act, change.times, change.moved_from) == (Act.MOVED, LATER, OLD)
    assert desk.told.changed[-1] == "misr"
    assert desk.windows.times_at(window.id, START) == OLD
    assert desk.windows.times_at(window.id, desk.clock.now()) == LATER
    storage.close()


def test_a_calendar_keeps_the_event_and_gives_it_the_new_time(desk):
    window = asyncio.run(desk.announced())
    desk.clock.moment += HOURS
    asyncio.run(move(desk, window))
    answer = Browser(desk).client.get("/feeds/misr/windows.ics?lang=en")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["uid"]), event["sequence"], event["status"]) == (f"{window.id}@dawam", 1, "CONFIRMED")
    assert (event.start, event.end) == (LATER.starts_at, LATER.ends_at)
    assert event["summary"] == "Planned maintenance on 9 December 2026"
    assert event["last-modified"].dt == desk.clock.now()


REFUSED = [
    (Times(NIGHT, NIGHT), "window_ends_before_start"),
    (Times(START, START + HOURS), "window_in_past"),
    (Times(NIGHT, NIGHT + 73 * HOURS), "window_too_long"),
    (OLD, "window_move_nowhere"),
    (Times(NIGHT + 2 * DAY, NIGHT + 2 * DAY + HOURS), "window_overlaps"),
    (Times(NIGHT + HOURS, NIGHT + 3 * HOURS), None),
]


@pytest.mark.parametrize(("times", "code"), REFUSED)
@pytest.mark.parametrize("public", [True, False])
def test_what_a_plan_is_refused_for_a_move_is_refused_for(desk, times, code, public):
    asyncio.run(desk.announced(starts_at=NIGHT + 2 * DAY))
    if public:
        window = asyncio.run(desk.announced())
    else:
        window = asyncio.run(desk.windows.plan(desk.draft(), by="amal"))
    assert refused(move(desk, window, times)) == code
    assert (desk.windows.known(window.id) == window) is (code is not None)


def test_a_move_without_a_reason_or_of_no_window_is_refused(desk):
    window = asyncio.run(desk.announced())
    moves, once = desk.windows.moves, desk.new_id()
    assert refused(moves.move(window.id, LATER, by="amal", reason=" ", once=once)) == "window_reason_missing"
    assert refused(moves.move("nothing", LATER, by="amal", reason="x", once=once)) == "window_unknown"
    assert refused(moves.move(window.id, LATER, by="amal", reason="x", once="x")) == "id_malformed"
    bare = {**texts(), "fr": NoticeText("", "")}
    assert refused(move(desk, window, texts=bare)) == "window_text_missing"


def test_a_plan_that_is_moved_stays_unknown_to_the_public(desk):
    window = asyncio.run(desk.windows.plan(desk.draft(), by="amal"))
    after = asyncio.run(move(desk, window))
    assert (after.state, after.times, after.short_notice) == (WindowState.PLANNED, LATER, None)
    assert desk.told.published == []
    asyncio.run(desk.windows.announce(window.id, by="amal", once=desk.new_id()))
    assert desk.windows.moves.told(window.id) == []
    assert "Announced before" not in Browser(desk).get(f"/windows/{window.id}").text


def test_a_plan_moved_to_short_notice_needs_an_approver_who_did_not_move_it(desk):
    window = asyncio.run(desk.windows.plan(desk.draft(), by="amal"))
    after = asyncio.run(move(desk, window, SOON, by="badr"))
    windows = desk.windows
    assert refused(windows.announce(window.id, by="amal", once=desk.new_id())) == "window_approval_missing"
    own = windows.approve(window.id, after.sequence, by="badr", once=desk.new_id())
    assert refused(own) == "window_own_approval"
    stale = windows.approve(window.id, window.sequence, by="caro", once=desk.new_id())
    assert refused(stale) == "window_changed"
    asyncio.run(windows.approve(window.id, after.sequence, by="caro", once=desk.new_id()))
    assert asyncio.run(windows.announce(window.id, by="amal", once=desk.new_id())).times == SOON


def test_an_announced_window_waits_where_it_is_until_a_second_person_agrees(database_url):
    storage = Storage.open(database_url, tables=TABLES, inline=True)
    desk = Desk(storage=storage)
    window = asyncio.run(desk.announced())
    published = len(desk.told.published)
    desk.clock.moment += HOURS
    assert asyncio.run(move(desk, window, SOON)) == desk.windows.known(window.id) == window
    (scheduled,) = desk.told.scheduled["misr"]
    assert (scheduled.starts_at, len(desk.told.published)) == (NIGHT, published)
    asked = desk.windows.moves.asked(window.id)
    assert (asked.times, asked.asked_by, asked.reason) == (SOON, "amal", "not ready")
    assert refused(agree(desk, window, by="amal")) == "window_own_approval"
    asyncio.run(move(desk, window, Times(SOON.starts_at, SOON.ends_at + HOURS)))
    assert refused(agree(desk, window, which=asked.id)) == "window_no_move_asked"
    desk.clock.moment += HOURS
    after = asyncio.run(agree(desk, window))
    assert after.times == Times(SOON.starts_at, SOON.ends_at + HOURS)
    assert (after.short_notice.asked_by, after.short_notice.approved_by) == ("amal", "badr")
    assert desk.told.noted[-3:] == [
        ("window_move_asked", "amal", "not ready"),
        ("window_move_asked", "amal", "not ready"),
        ("window_moved", "badr", "not ready"),
    ]
    assert len(desk.told.published) == published + 1
    assert desk.windows.moves.asked(window.id) is None
    assert refused(agree(desk, window)) == "window_no_move_asked"
    storage.close()


def test_a_move_that_waits_can_be_dropped_and_ends_with_the_window(desk):
    window = asyncio.run(desk.announced())
    asyncio.run(move(desk, window, SOON))
    drop = desk.windows.moves.drop
    asyncio.run(drop(window.id, by="badr", reason="too soon", once=desk.new_id()))
    assert desk.told.noted[-1] == ("window_move_dropped", "badr", "too soon")
    assert refused(agree(desk, window)) == "window_no_move_asked"
    assert refused(drop(window.id, by="badr", reason="x", once=desk.new_id())) == "window_no_move_asked"
    asyncio.run(move(desk, window, SOON))
    asyncio.run(desk.windows.cancel(window.id, by="amal", reason="x", once=desk.new_id()))
    assert desk.windows.moves.asked(window.id) is None


def test_a_move_that_waits_is_looked_at_again_when_it_is_agreed_to(desk):
    window = asyncio.run(desk.announced())
    asyncio.run(move(desk, window, SOON))
    desk.clock.moment = SOON.starts_at
    assert refused(agree(desk, window)) == "window_in_past"


def test_a_form_sent_twice_moves_once(desk):
    window = asyncio.run(desk.announced())
    once = desk.new_id()
    found = {asyncio.run(move(desk, window, once=once)).sequence for _ in range(3)}
    assert (found, [one for one, _ in acts(desk, window)].count(Act.MOVED)) == ({1}, 1)
    assert len(desk.told.published) == 2


def test_the_form_of_the_plan_sent_again_after_a_move_still_finds_its_window(desk):
    draft = desk.draft()
    asyncio.run(desk.windows.plan(draft, by="amal"))
    asyncio.run(move(desk, draft))
    assert asyncio.run(desk.windows.plan(draft, by="amal")).times == LATER


def test_reminders_go_out_again_for_the_new_time():
    async def story(desk):
        window = await desk.announced()
        await sleep_until(desk, NIGHT - DAY + HOURS)  # the reminders of 7 days and of 1 day went out
        await move(desk, window, Times(NIGHT + 10 * DAY, NIGHT + 10 * DAY + HOURS))
        await sleep_until(desk, NIGHT + 11 * DAY)
        return acts(desk, window)

    lived = [one for one in simulated(story) if one[0] is not Act.PLANNED]
    new = NIGHT + 10 * DAY
    assert lived == [
        (Act.ANNOUNCED, START),
        (Act.REMINDED, NIGHT - 7 * DAY),
        (Act.REMINDED, NIGHT - DAY),
        (Act.MOVED, NIGHT - DAY + HOURS),
        (Act.REMINDED, new - 7 * DAY),
        (Act.REMINDED, new - DAY),
        (Act.REMINDED, new - HOURS),
        (Act.STARTED, new),
        (Act.FINISHED, new + HOURS),
    ]


def test_no_reminder_whose_moment_lay_before_the_move_follows_it():
    async def story(desk):
        window = await desk.announced()
        await sleep_until(desk, NIGHT - 8 * DAY)
        await move(desk, window, Times(NIGHT - 5 * DAY, NIGHT - 5 * DAY + HOURS))
        await agree(desk, window)
        await sleep_until(desk, NIGHT - 4 * DAY)
        return acts(desk, window)

    start = NIGHT - 5 * DAY
    assert simulated(story)[-5:] == [
        (Act.MOVED, NIGHT - 8 * DAY),
        (Act.REMINDED, start - DAY),
        (Act.REMINDED, start - HOURS),
        (Act.STARTED, start),
        (Act.FINISHED, start + HOURS),
    ]


def test_a_window_that_starts_meanwhile_is_not_moved_and_one_that_is_moved_does_not_start():
    async def story(desk):
        window = await desk.announced()
        late = await desk.announced(starts_at=NIGHT + 30 * DAY)
        await sleep_until(desk, NIGHT - timedelta(seconds=1))
        both = [move(desk, window, Times(NIGHT + 20 * DAY, NIGHT + 20 * DAY + HOURS))]
        await asyncio.gather(*both)
        await sleep_until(desk, NIGHT + 30 * DAY)
        codes = []
        for _ in range(2):
            try:
                await move(desk, late, Times(NIGHT + 60 * DAY, NIGHT + 60 * DAY + HOURS))
            except DawamError as error:
                codes.append(error.code)
            await asyncio.sleep(1)
        return acts(desk, window), codes, desk.windows.known(late.id)

    lived, codes, late = simulated(story)
    assert (Act.STARTED, NIGHT + 20 * DAY) in lived
    assert (Act.STARTED, NIGHT) not in lived
    assert codes == ["window_move_after_start", "window_move_after_start"]
    assert (late.state, late.starts_at) == (WindowState.STARTED, NIGHT + 30 * DAY)


def test_two_moves_into_the_same_night_leave_one_there(desk):
    first, second = asyncio.run(desk.announced()), asyncio.run(desk.announced(starts_at=NIGHT + 5 * DAY))

    async def both():
        return await asyncio.gather(move(desk, first), move(desk, second), return_exceptions=True)

    found = asyncio.run(both())
    assert [getattr(one, "code", None) for one in found] == [None, "window_overlaps"]


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_the_forms_of_the_console_move_and_agree(desk, locale):
    window = asyncio.run(desk.announced())
    desk.clock.moment += HOURS
    path = f"/console/windows/{window.id}"
    amal, badr = Browser(desk, "amal", locale=locale), Browser(desk, "badr", locale=locale)
    fields = {**amal.form(path), "starts_at": "2026-11-24T02:00", "ends_at": "2026-11-24T04:00"}
    assert amal.post(f"{path}/move", {**fields, "reason": " "}).status_code == 422
    assert amal.post(f"{path}/move", {**fields, "reason": "power cut"}).status_code == 303
    page = amal.get(path).text
    assert "/agree" not in page
    assert "u00a0" not in page
    assert amal.post(f"{path}/agree", {**amal.form(path)}).status_code == 403
    which = desk.windows.moves.asked(window.id).id
    assert f'name="which" value="{which}"' in badr.get(path).text
    assert "power cut" in badr.get(path).text
    desk.clock.moment += HOURS
    assert badr.post(f"{path}/agree", {**badr.form(path), "which": which}).status_code == 303
    assert desk.windows.known(window.id).starts_at == NIGHT - 14 * DAY
    old = moment(NIGHT, locale, desk.rules["misr"].zone, "EG")
    assert old in Browser(desk, locale=locale).get(f"/windows/{window.id}").text
    history = badr.get(path).text
    assert old in history
    assert "u00a0" not in history
    vera = Browser(desk, "vera")
    assert "/move" not in vera.get(path).text
    assert vera.post(f"{path}/move", {**fields, **vera.form(path)}).status_code == 403


def test_words_of_our_own_are_given_the_new_time_by_those_who_wrote_them(desk):
    own = dict.fromkeys(("ar", "fr", "en"), NoticeText("Work on the 8th", "On the 8th."))
    window = asyncio.run(desk.announced(texts=own))
    path = f"/console/windows/{window.id}"
    browser = Browser(desk, "amal")
    fields = {
        **browser.form(path),
        "starts_at": "2026-12-09T02:00",
        "ends_at": "2026-12-09T04:00",
        "reason": "not ready",
    }
    assert "Work on the 8th" in browser.get(path).text
    assert browser.post(f"{path}/move", fields).status_code == 422
    words = {f"moved_{part}_{one}": f"{part} 9th" for part in ("title", "body") for one in ("ar", "fr", "en")}
    assert browser.post(f"{path}/move", {**fields, **words}).status_code == 303
    assert desk.windows.known(window.id).texts["fr"] == NoticeText("title 9th", "body 9th")


def test_what_the_model_forbids_of_moves_the_database_forbids_too(database_url):
    storage = Storage.open(database_url, tables=TABLES, inline=True)
    desk = Desk(storage=storage)
    window = asyncio.run(desk.announced())
    asyncio.run(move(desk, window, SOON))
    for statement in (
        window_changes.update().values(act="moved"),
        window_changes.update().values(old_starts_at=1),
        window_changes.update().values(ends_at=0),
        window_moves.update().values(ends_at=0),
        window_moves.update().values(body_ar=""),
    ):
        with pytest.raises(IntegrityError):
            storage.write_now(lambda tx, statement=statement: tx.execute(statement))
    storage.close()
