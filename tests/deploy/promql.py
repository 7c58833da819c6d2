"""The metric names in a PromQL expression. Knows as much PromQL as our own queries use."""

import re

STRINGS = re.compile(r'"[^"]*"')
BRACES = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring)\s*\([^)]*\)")
WORD = re.compile(r"\b[a-z_:][a-z0-9_:]*\b(?!\s*\()")
KEYWORDS = {"and", "or", "unless", "bool", "by", "sum", "max", "min", "count"}


def names_in(expression: str) -> set[str]:
    """Every name that is no function, label, keyword or string."""
    bare = BRACES.sub("", STRINGS.sub('""', expression))
    return set(WORD.findall(bare)) - KEYWORDS
