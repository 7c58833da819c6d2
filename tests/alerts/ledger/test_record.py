import pytest
from sqlalchemy import Engine, func, select

from alerts.ledger import reading, subscribing
from alerts.ledger.record import Outcome, record, record_all
from alerts.ledger.schema import claims, findings, metadata, sources
from alerts.nouns import Reason
from tests.alerts.samples import CONFIRMS, DENIES, MORNING, at, finding

NOW = at(1)


def rows_of(engine: Engine) -> dict[str, int]:
    """Rows by table."""
    with engine.connect() as connection:
        return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in metadata.sorted_tables}


def test_a_first_confirmation_alerts_with_its_evidence(engine: Engine) -> None:
    alert = record(engine, finding(sentence=CONFIRMS, count=11000), NOW)
    assert alert is not None
    assert (alert.reason, alert.side, alert.stance, alert.previous, alert.sequence) == ("first_confirmation", "RU", "confirm", None, 1)
    assert alert.headline == "Russia CONFIRMS North Korean troops in Russia: its first confirmation"
    assert (alert.sentence, alert.created, alert.place, alert.force) == (CONFIRMS, NOW, "RU", ("KP",))
    assert reading.alert(engine, alert.id) == alert
    assert reading.recent_alerts(engine) == [alert]


def test_recording_twice_changes_nothing(engine: Engine) -> None:
    subscribing.add(engine, MORNING, name="desk", channel="terminal:")
    given = [finding("deny", 0), finding("confirm", 1), finding("confirm", 2)]
    first = record_all(engine, given, NOW)
    before = rows_of(engine)
    assert [one.outcome for one in first] == [Outcome.position, Outcome.position, Outcome.source]
    assert [one.outcome for one in record_all(engine, given, at(5))] == [Outcome.known] * 3
    assert rows_of(engine) == before
    assert before["alerts"] == before["deliveries"] == 2


def test_a_finding_given_twice_in_one_batch_counts_once(engine: Engine) -> None:
    one = finding()
    assert [each.outcome for each in record_all(engine, [one, one], NOW)] == [Outcome.position, Outcome.known]


def test_two_hundred_reprints_are_sources_of_one_position(engine: Engine) -> None:
    given = [finding("confirm", index / 100, outlet=f"outlet {index}") for index in range(200)]
    recorded = record_all(engine, given[:50], NOW) + [each for one in given[50:] for each in record_all(engine, [one], NOW)]
    assert sum(one.alert is not None for one in recorded) == 1
    page = reading.claim_page(engine, 1)
    assert page is not None
    assert [(position.stance, position.source_count) for position in page.positions["RU"]] == [("confirm", 200)]
    assert (page.findings, page.outlets) == (200, 200)


def test_every_swing_is_a_reversal(engine: Engine) -> None:
    given = [finding(stance, day * 24) for day, stance in enumerate(["deny", "confirm", "deny", "confirm"])]
    alerts = [record(engine, one, NOW) for one in given]
    assert [alert and alert.reason for alert in alerts] == ["first_denial", *["reversal"] * 3]
    assert [alert and alert.previous for alert in alerts] == [None, "deny", "confirm", "deny"]
    assert [alert.sequence for alert in alerts if alert] == [1, 2, 3, 4]
    assert alerts[1] is not None
    assert alerts[1].headline == "Russia CONFIRMS North Korean troops in Russia: reverses its denial of 24 October 2024"


def test_the_reprint_of_an_old_denial_is_no_reversal(engine: Engine) -> None:
    record(engine, finding("deny", 0, sentence=DENIES), NOW)
    record(engine, finding("confirm", 24), NOW)
    assert record_all(engine, [finding("deny", 30, sentence=DENIES)], NOW)[0].outcome is Outcome.source
    alert = record(engine, finding("deny", 31, sentence="The ministry now takes it all back: there were never any troops."), NOW)
    assert alert is not None
    assert alert.reason is Reason.reversal


def test_what_is_under_the_score_is_kept_and_holds_no_position(engine: Engine) -> None:
    weak = finding(score=0.49)
    assert record_all(engine, [weak], NOW)[0].outcome is Outcome.under_score
    assert rows_of(engine) | {"writer": 0} == dict.fromkeys(rows_of(engine), 0) | {"claims": 1, "findings": 1}
    assert record(engine, finding(hours=1), NOW) is not None


def test_the_article_s_own_voice_holds_no_position(engine: Engine) -> None:
    own = finding("background", speaker=None, speaker_side=None)
    assert record_all(engine, [own], NOW)[0].outcome is Outcome.no_position
    assert reading.board(engine) == []


def test_a_finding_without_a_place_joins_its_article_s_claim(engine: Engine) -> None:
    title = finding("confirm", article="a", place=None, sentence_index=-1)
    text = finding("confirm", article="a", sentence_index=3)
    recorded = record_all(engine, [title, text], NOW)
    assert [one.outcome for one in recorded] == [Outcome.position, Outcome.source]
    assert [summary.title for summary in reading.board(engine)] == ["North Korean troops in Russia"]


def test_a_claim_without_a_place_learns_it(engine: Engine) -> None:
    first = record(engine, finding("deny", 0, place=None), NOW)
    assert first is not None
    assert first.claim_title == "North Korean troops abroad"
    record(engine, finding("deny", 1), NOW)
    assert [summary.title for summary in reading.board(engine)] == ["North Korean troops in Russia"]


def test_each_subscription_that_wants_an_alert_gets_one_delivery(engine: Engine) -> None:
    for name, wanted in {"all": {}, "RU": {"places": ["RU"]}, "UA": {"places": ["UA"]}, "sure": {"least_score": 0.95}}.items():
        subscribing.add(engine, MORNING, name=name, channel="terminal:", **wanted)  # type: ignore[arg-type]
    subscribing.add(engine, MORNING, name="stopped", channel="terminal:")
    subscribing.deactivate(engine, "stopped")
    record(engine, finding(), NOW)
    assert {(one.subscription_name, one.state, one.attempts, one.due) for one in reading.deliveries(engine)} == {
        ("all", "pending", 0, NOW),
        ("RU", "pending", 0, NOW),
    }


def test_claims_are_dated_by_publication(engine: Engine) -> None:
    record_all(engine, [finding(hours=5), finding(hours=2), finding(hours=9)], at(10))
    with engine.connect() as connection:
        row = connection.execute(select(claims)).one()
    assert (row.first_seen, row.updated) == (at(2), at(9))


def test_one_bad_finding_leaves_nothing_of_its_batch(engine: Engine) -> None:
    good, bad = finding(), finding("deny", 1).model_copy(update={"id": None})
    with pytest.raises(Exception, match="id"):
        record_all(engine, [good, bad], NOW)
    assert rows_of(engine)["findings"] == rows_of(engine)["claims"] == 0
    assert record(engine, good, NOW) is not None


def test_text_that_postgresql_refuses_is_cleaned(engine: Engine) -> None:
    alert = record(engine, finding(sentence="We\x00 confirm", count=10**30), NOW)
    assert alert is not None
    assert alert.sentence == "We confirm"
    with engine.connect() as connection:
        assert connection.execute(select(findings.c.count)).scalar_one() is None


def test_numbers_over_time_leave_out_repeats(engine: Engine) -> None:
    given = [(0, "UA", 11000), (1, "KR", 1500), (2, "UA", 11000), (3, "UA", 12000)]
    record_all(engine, [finding("allege", hours, speaker_side=side, count=count) for hours, side, count in given], at(4))
    page = reading.claim_page(engine, 1)
    assert page is not None
    assert [(number.side, number.count) for number in page.numbers] == [("UA", 11000), ("KR", 1500), ("UA", 12000)]


def test_an_article_that_recalls_an_old_denial_reverses_nothing(engine: Engine) -> None:
    record(engine, finding("deny", 0), NOW)
    for hours, order in ((24, ["confirm", "deny"]), (25, ["deny", "confirm"]), (26, ["confirm", "deny"])):
        given = [finding(stance, hours, article=f"a{hours}", sentence_index=index) for index, stance in enumerate(order)]
        alerts = [one.alert.reason for one in record_all(engine, given, NOW) if one.alert]
        assert alerts == (["reversal"] if hours == 24 else [])
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(sources)).scalar_one() == 7


def test_below_the_lead_an_old_stance_is_recalled(engine: Engine) -> None:
    record(engine, finding("deny", 0), NOW)
    record(engine, finding("confirm", 24, sentence_index=9), NOW)  # what is new alerts wherever it stands
    assert record_all(engine, [finding("deny", 30, sentence_index=3)], NOW)[0].outcome is Outcome.source
    alert = record(engine, finding("deny", 31, sentence_index=-1), NOW)
    assert alert is not None
    assert alert.reason is Reason.reversal


def test_a_claim_without_a_place_is_found_again_after_years(engine: Engine) -> None:
    years = [finding("anticipate", hours, place=None) for hours in (0, 20_000)]
    record_all(engine, years[:1], NOW)
    record_all(engine, years[1:], NOW)
    assert rows_of(engine)["claims"] == 1


def test_a_claim_that_learns_its_place_gives_up_its_key_at_once(engine: Engine) -> None:
    record_all(engine, [finding("allege", 0, place=None)], NOW)
    record_all(engine, [finding("allege", 1, place="RU"), finding("allege", 20_000, place=None)], NOW)
    assert rows_of(engine)["claims"] == 2
