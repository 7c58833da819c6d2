"""Judges findings against the positions in the ledger and writes what comes of it, inside the transaction that records them.

Decides nothing itself: alerts.novelty does.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from alerts.ledger.rows import position_of, without_nul
from alerts.ledger.schema import findings, positions, sources
from alerts.nouns import Claim, Position
from alerts.novelty import LEAD, Decision, Report, decide
from wire.messages import Finding

#: A sentence this long, in characters, is not written twice by chance: the same words are the same statement, reprinted.
TELLING_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of a finding; `position` is the one that it made new."""

    finding: Finding
    claim: Claim
    decision: Decision = Decision()
    position: Position | None = None
    under_score: bool = False


class Judge:
    """Holds the positions of the claims that a batch is about, and adds to them finding by finding."""

    def __init__(self, connection: Connection, new: Sequence[Finding], claims: dict[str, Claim], least_score: float) -> None:
        self._connection, self._claims, self._least_score = connection, claims, least_score
        self._histories = _histories(connection, {claim.id for claim in claims.values()})
        self._said = _said(connection, {finding.article for finding in new}, least_score)
        self._sources: list[dict[str, object]] = []

    def judge(self, finding: Finding) -> Verdict:
        """Decide on one finding and write its position where it has a new one."""
        claim, side = self._claims[finding.id], finding.speaker_side
        if finding.score < self._least_score:
            return Verdict(finding, claim, under_score=True)
        if side is None:  # the article's own voice is no side
            return Verdict(finding, claim)
        history = self._histories[claim.id, side]
        also = frozenset(self._said[claim.id, side, finding.article] - {finding.stance})
        in_lead = finding.sentence_index < LEAD
        decision = decide(history, Report(side, finding.stance, finding.published, finding.article, also, in_lead))
        if decision.reason and decision.returns_to and self._reprinted(finding, claim):
            decision = Decision(source=decision.returns_to)
        position = self._new_position(finding, claim, side) if decision.new else None
        if position:
            history.append(position)
            history.sort(key=lambda held: (held.since, held.id))
        if source := position or decision.source:
            self._sources.append({"position": source.id, "finding": finding.id})
        return Verdict(finding, claim, decision, position)

    def write_sources(self) -> None:
        """Write which finding reports which position; once, after the last finding."""
        if self._sources:
            self._connection.execute(sources.insert().returning(sources.c.position), self._sources)

    def _new_position(self, finding: Finding, claim: Claim, side: str) -> Position:
        values = {"claim": claim.id, "side": side, "stance": finding.stance, "since": finding.published, "finding": finding.id}
        id = self._connection.execute(positions.insert().values(**values).returning(positions.c.id)).scalar_one()
        return Position(id, side, finding.stance, finding.published, finding.article)

    def _reprinted(self, finding: Finding, claim: Claim) -> bool:
        """Whether this side was reported with this stance in these very words before."""
        query = select(findings.c.id).where(
            findings.c.claim == claim.id,
            findings.c.side == finding.speaker_side,
            findings.c.stance == finding.stance,
            findings.c.sentence == without_nul(finding.sentence),
            findings.c.article != finding.article,
        )
        return len(finding.sentence) >= TELLING_LENGTH and self._connection.execute(query.limit(1)).first() is not None


def _histories(connection: Connection, claims: set[int]) -> defaultdict[tuple[int, str], list[Position]]:
    """Each side's positions on these claims, in order of (since, id)."""
    query = (
        select(positions, findings.c.article)
        .join(findings, findings.c.id == positions.c.finding)
        .where(positions.c.claim.in_(claims))
        .order_by(positions.c.since, positions.c.id)
    )
    histories = defaultdict(list)
    for row in connection.execute(query):
        histories[row.claim, row.side].append(position_of(row))
    return histories


def _said(connection: Connection, articles: set[str], least_score: float) -> defaultdict[tuple[int, str, str], set[str]]:
    """The stances that each article reports, by (claim, side, article), the batch included: one is judged beside the others."""
    query = select(findings.c.claim, findings.c.side, findings.c.article, findings.c.stance).where(
        findings.c.article.in_(articles), findings.c.side.is_not(None), findings.c.score >= least_score
    )
    said = defaultdict(set)
    for row in connection.execute(query):
        said[row.claim, row.side, row.article].add(row.stance)
    return said
