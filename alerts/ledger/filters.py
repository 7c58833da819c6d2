"""Conditions on claims, for a board that shows only some of them. Runs no query."""

from sqlalchemy import ColumnElement, literal, or_, select

from alerts.ledger.schema import claims, findings
from wire.places import places

SEARCHED = (findings.c.sentence, findings.c.title, findings.c.speaker, findings.c.outlet)


def about(code: str) -> ColumnElement[bool]:
    """The claim's force or place is, or holds, this code."""
    return or_(claims.c.place == code, (literal("+") + claims.c.force + "+").contains(f"+{code}+", autoescape=True))


def mentioning(word: str) -> ColumnElement[bool]:
    """The word is part of a country's name or demonym in the claim, or of a report on it. Case does not matter."""
    lower = word.lower()
    named = [place.code for place in places().values() if lower in place.name.lower() or lower in place.demonym.lower()]
    reported = or_(*(column.icontains(word, autoescape=True) for column in SEARCHED))
    return or_(*(about(code) for code in named), claims.c.id.in_(select(findings.c.claim).where(reported)))
