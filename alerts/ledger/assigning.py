"""Finds or makes the claim of each finding, inside the transaction that records them. Decides nothing: alerts.claims does."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, or_, select, update

from alerts.claims import Subject, belongs_to, place_gained
from alerts.ledger.rows import claim_of, joined
from alerts.ledger.schema import claims, findings
from alerts.nouns import Claim
from wire.messages import Finding


def assign(connection: Connection, new: Sequence[Finding]) -> dict[str, Claim]:
    """The claim of each finding, by the finding's id. Claims are made, dated and given their place as needed."""
    about = _claims_of_articles(connection, {finding.article for finding in new})
    known = _candidates(connection, new, {id for ids in about.values() for id in ids})
    before = dict(known)
    chosen: dict[str, int] = {}
    for finding in sorted(new, key=_vagueness):
        subject = Subject(finding.topic, finding.force, finding.place, finding.published)
        claim = belongs_to(subject, known.values(), about[finding.article]) or _made(connection, finding)
        if place := place_gained(subject, claim):  # at once: the next finding's claim may need the key that this one gives up
            connection.execute(update(claims).where(claims.c.id == claim.id).values(place=place))
        known[claim.id] = replace(
            claim,
            place=place or claim.place,
            first_seen=min(claim.first_seen, finding.published),
            updated=max(claim.updated, finding.published),
        )
        about[finding.article].add(claim.id)
        chosen[finding.id] = claim.id
    for id, claim in known.items():
        if before.get(id) != claim:
            connection.execute(update(claims).where(claims.c.id == id).values(first_seen=claim.first_seen, updated=claim.updated))
    return {finding: known[id] for finding, id in chosen.items()}


def _vagueness(finding: Finding) -> int:
    """The findings that say most come first: an article's vaguer ones may join their claims."""
    return (not finding.force) * 2 + (not finding.place)


def _made(connection: Connection, finding: Finding) -> Claim:
    values = {"topic": finding.topic, "force": joined(finding.force), "place": finding.place or ""}
    times = {"first_seen": finding.published, "updated": finding.published}
    return claim_of(connection.execute(claims.insert().values(**values, **times).returning(claims)).one())


def _claims_of_articles(connection: Connection, articles: set[str]) -> defaultdict[str, set[int]]:
    about: defaultdict[str, set[int]] = defaultdict(set)
    for row in connection.execute(select(findings.c.article, findings.c.claim).where(findings.c.article.in_(articles)).distinct()):
        about[row.article].add(row.claim)
    return about


def _candidates(connection: Connection, new: Sequence[Finding], articles: set[int]) -> dict[int, Claim]:
    """Every claim that one of the findings might belong to, and more."""
    placed, forced = defaultdict(set), defaultdict(set)
    for finding in new:
        placed[finding.topic].update({finding.place or "", ""})
        forced[finding.topic].add(joined(finding.force))
    topical = [and_(claims.c.topic == topic, claims.c.place.in_(places)) for topic, places in placed.items()]
    topical += [and_(claims.c.topic == topic, claims.c.force.in_(forces)) for topic, forces in forced.items()]
    rows = connection.execute(select(claims).where(or_(claims.c.id.in_(articles), *topical)))
    return {row.id: claim_of(row) for row in rows}
