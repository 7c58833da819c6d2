"""What the desk and the channels read from the ledger. Writes nothing.

History is in order of `published`, never of arrival.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, func, or_, select

from alerts.ledger.filters import about, mentioning
from alerts.ledger.rows import alert_of, claim_of, delivery_of, finding_of, position_of, split
from alerts.ledger.schema import alerts, claims, findings, positions, sources, subscriptions
from alerts.ledger.schema import deliveries as outbox
from alerts.ledger.views import ClaimPage, ClaimSummary, FindingView, NumberGiven, PositionView, Standing
from alerts.nouns import Alert, Delivery, Position
from alerts.novelty import held
from alerts.wording import claim_title
from wire.database import read_only
from wire.messages import SIDES

T = TypeVar("T")

#: Some side has taken a position on the claim.
HELD = select(positions.c.id).where(positions.c.claim == claims.c.id).exists()

SOURCES_SHOWN = 20
RECENT_SHOWN = 50
#: Numbers of findings below this score are not shown.
NUMBER_SCORE = 0.5

ALERTS = (
    select(
        alerts,
        claims.c.topic,
        claims.c.force,
        claims.c.place,
        positions.c.side,
        positions.c.stance,
        findings.c.speaker,
        findings.c.sentence,
        findings.c.title,
        findings.c.url,
        findings.c.outlet,
        findings.c.score,
        findings.c.published,
        findings.c.fetched,
        findings.c.article,
    )
    .join(claims, claims.c.id == alerts.c.claim)
    .join(positions, positions.c.id == alerts.c.position)
    .join(findings, findings.c.id == alerts.c.finding)
)


def alert(engine: Engine, id: str) -> Alert | None:
    """One alert with its evidence; None where there is none of this id."""
    with read_only(engine).connect() as connection:
        row = connection.execute(ALERTS.where(alerts.c.id == id)).first()
    return alert_of(row) if row else None


def recent_alerts(
    engine: Engine,
    limit: int = 50,
    *,
    before_sequence: int | None = None,
    after_sequence: int | None = None,
    claim: int | None = None,
) -> list[Alert]:
    """Alerts, newest first; with `after_sequence` the oldest ones after it, in order. Sequences become visible in order."""
    query = ALERTS.limit(limit)
    if before_sequence is not None:
        query = query.where(alerts.c.sequence < before_sequence)
    if claim is not None:
        query = query.where(alerts.c.claim == claim)
    if after_sequence is not None:
        query = query.where(alerts.c.sequence > after_sequence).order_by(alerts.c.sequence)
    else:
        query = query.order_by(alerts.c.sequence.desc())
    with read_only(engine).connect() as connection:
        return [alert_of(row) for row in connection.execute(query)]


def board(
    engine: Engine, limit: int = 50, *, topic: str | None = None, country: str | None = None, text: str | None = None
) -> list[ClaimSummary]:
    """Claims on which some side has taken a position, the most recently reported first.

    `country` is any code that sends, hosts or speaks; every word of `text` is in a country's name or in a report.
    """
    query = select(claims).where(HELD).order_by(claims.c.updated.desc(), claims.c.id).limit(limit)
    if topic:
        query = query.where(claims.c.topic == topic)
    if country:
        query = query.where(or_(about(country), claims.c.id.in_(select(positions.c.claim).where(positions.c.side == country))))
    for word in (text or "").split():
        query = query.where(mentioning(word))
    with read_only(engine).connect() as connection:
        rows = connection.execute(query).all()
        ids = [row.id for row in rows]
        standing, counted, usual = _standings(connection, ids), _counts(connection, ids), _usual_numbers(connection, ids)
    summaries = []
    for row in rows:
        claim = claim_of(row)
        title = claim_title(claim.topic, claim.force, claim.place)
        summaries.append(ClaimSummary(claim, title, standing[claim.id], *counted[claim.id], claim.updated, usual.get(claim.id)))
    return summaries


def claim_countries(engine: Engine) -> list[str]:
    """The codes of every force and place that the board has a claim about, sorted."""
    with read_only(engine).connect() as connection:
        rows = connection.execute(select(claims.c.force, claims.c.place).where(HELD).distinct()).all()
    return sorted({code for row in rows for code in (*split(row.force), row.place) if code})


def claim_page(engine: Engine, id: int) -> ClaimPage | None:
    """All that is known of one claim; None where there is none of this id."""
    with read_only(engine).connect() as connection:
        row = connection.execute(select(claims).where(claims.c.id == id)).first()
        if row is None:
            return None
        claim = claim_of(row)
        latest = select(findings).where(findings.c.claim == id).order_by(findings.c.published.desc(), findings.c.id).limit(RECENT_SHOWN)
        return ClaimPage(
            claim,
            claim_title(claim.topic, claim.force, claim.place),
            _standings(connection, [id])[id],
            _positions(connection, id),
            _numbers(connection, id),
            tuple(finding_of(finding) for finding in connection.execute(latest)),
            *_counts(connection, [id])[id],
        )


def deliveries(
    engine: Engine, limit: int = 100, *, state: str | None = None, subscription: str | None = None, alert: str | None = None
) -> list[Delivery]:
    """Deliveries of the newest alerts first, with the subscription's name and its masked channel."""
    query = (
        select(outbox, subscriptions.c.name.label("subscription_name"), subscriptions.c.channel)
        .join(subscriptions, subscriptions.c.id == outbox.c.subscription)
        .join(alerts, alerts.c.id == outbox.c.alert)
        .order_by(alerts.c.sequence.desc(), outbox.c.id)
        .limit(limit)
    )
    for column, wanted in ((outbox.c.state, state), (outbox.c.subscription, subscription), (outbox.c.alert, alert)):
        if wanted is not None:
            query = query.where(column == wanted)
    with read_only(engine).connect() as connection:
        return [delivery_of(row) for row in connection.execute(query)]


def _counts(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Findings, articles and outlets by claim."""
    query = (
        select(
            findings.c.claim,
            func.count().label("findings"),
            func.count(findings.c.article.distinct()).label("articles"),
            func.count(findings.c.outlet.distinct()).label("outlets"),
        )
        .where(findings.c.claim.in_(ids))
        .group_by(findings.c.claim)
    )
    counted = {row.claim: (row.findings, row.articles, row.outlets) for row in connection.execute(query)}
    return dict.fromkeys(ids, (0, 0, 0)) | counted


def _usual_numbers(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """The number of personnel that most reports give, by claim; of two given as often, the larger."""
    query = (
        select(findings.c.claim, findings.c.count.label("number"))
        .where(findings.c.claim.in_(ids), findings.c.count.is_not(None), findings.c.score >= NUMBER_SCORE)
        .group_by(findings.c.claim, findings.c.count)
        .order_by(func.count(), findings.c.count)
    )
    return {row.claim: row.number for row in connection.execute(query)}


def _standings(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Standing, ...]]:
    """Where each side stands now, by claim: its newest position, and what it held in the same breath."""
    query = (
        select(positions, findings.c.article)
        .join(findings, findings.c.id == positions.c.finding)
        .where(positions.c.claim.in_(ids))
        .order_by(positions.c.since, positions.c.id)
    )
    taken: dict[int, dict[str, list[Position]]] = {id: {} for id in ids}
    for row in connection.execute(query):
        taken[row.claim].setdefault(row.side, []).append(position_of(row))
    return {id: tuple(_standing(history) for history in _parties_first(sides).values()) for id, sides in taken.items()}


def _standing(history: Sequence[Position]) -> Standing:
    *beside, now = held(history)
    also = tuple(position.stance for position in beside)
    before = [position.stance for position in history if position.since < now.since and position.article != now.article]
    previous = before[-1] if before and before[-1] != now.stance else None
    return Standing(now.side, now.stance, now.since, also, previous)


def _parties_first(sides: dict[str, T]) -> dict[str, T]:
    return dict(sorted(sides.items(), key=lambda item: (item[0] in SIDES, item[0])))


def _positions(connection: Connection, claim: int) -> dict[str, tuple[PositionView, ...]]:
    """Each side's positions in order, with evidence and sources."""
    query = (
        select(positions.c.id.label("position"), positions.c.since, findings, alerts.c.id.label("alert"))
        .join(findings, findings.c.id == positions.c.finding)
        .outerjoin(alerts, alerts.c.position == positions.c.id)
        .where(positions.c.claim == claim)
        .order_by(positions.c.since, positions.c.id)
    )
    reported = _sources(connection, claim)
    counted = _source_counts(connection, claim)
    sides: dict[str, list[PositionView]] = defaultdict(list)
    for row in connection.execute(query):
        view = PositionView(
            row.position, row.side, row.stance, row.since, finding_of(row), reported[row.position], counted.get(row.position, 0), row.alert
        )
        sides[row.side].append(view)
    return {side: tuple(views) for side, views in _parties_first(sides).items()}


def _source_counts(connection: Connection, claim: int) -> dict[int, int]:
    query = (
        select(sources.c.position, func.count().label("reports"))
        .join(positions, positions.c.id == sources.c.position)
        .where(positions.c.claim == claim)
        .group_by(sources.c.position)
    )
    return {row.position: row.reports for row in connection.execute(query)}


def _sources(connection: Connection, claim: int) -> dict[int, tuple[FindingView, ...]]:
    """The first SOURCES_SHOWN findings that report each position of a claim."""
    place = func.row_number().over(partition_by=sources.c.position, order_by=(findings.c.published, findings.c.id))
    ranked = (
        select(sources.c.position, findings, place.label("place_in_order"))
        .join(findings, findings.c.id == sources.c.finding)
        .join(positions, positions.c.id == sources.c.position)
        .where(positions.c.claim == claim)
        .subquery()
    )
    query = select(ranked).where(ranked.c.place_in_order <= SOURCES_SHOWN).order_by(ranked.c.position, ranked.c.place_in_order)
    shown: dict[int, list[FindingView]] = defaultdict(list)
    for row in connection.execute(query):
        shown[row.position].append(finding_of(row))
    return defaultdict(tuple, {position: tuple(views) for position, views in shown.items()})


def _numbers(connection: Connection, claim: int) -> tuple[NumberGiven, ...]:
    """The numbers given over time; a side that repeats its number adds nothing."""
    query: Select[Any] = (
        select(findings)
        .where(findings.c.claim == claim, findings.c.count.is_not(None), findings.c.score >= NUMBER_SCORE)
        .order_by(findings.c.published, findings.c.id)
    )
    return tuple(_changes(finding_of(row) for row in connection.execute(query)))


def _changes(views: Iterable[FindingView]) -> Iterable[NumberGiven]:
    given: dict[str | None, int] = {}
    for view in views:
        if view.count is not None and given.get(view.side) != view.count:
            given[view.side] = view.count
            yield NumberGiven(view.published, view.side, view.count, view)
