"""Lays sentences out as windows: title, then consecutive sentences up to 256 tokens, read in one pass.

Knows tokens and offsets, not labels. A sentence that starts a later window keeps up to two before it as context.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

WINDOW_TOKENS = 256
TITLE_TOKENS = 48
SENTENCE_TOKENS = 160
CONTEXT_SENTENCES = 2

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Unit:
    """The title or a sentence, tokenised: token ids and each token's characters."""

    text: str
    ids: list[int]
    offsets: Spans


@dataclass(frozen=True, slots=True)
class Window:
    """What the network reads in one pass.

    `units` holds the title (where there is one), context and own sentences; `starts` the position of each unit's first
    token; `index` its sentence number, -1 for the title; `own` whether this window answers for it.
    """

    ids: list[int]
    units: list[Unit]
    starts: list[int]
    index: list[int]
    own: list[bool]

    def mask(self, unit: int) -> NDArray[np.bool_]:
        """Which positions are this unit's tokens; shape [tokens]."""
        mask = np.zeros(len(self.ids), dtype=bool)
        mask[self.starts[unit] : self.starts[unit] + len(self.units[unit].ids)] = True
        return mask

    def positions(self, unit: int, start: int, end: int) -> list[int]:
        """The positions of the tokens that touch characters `start` to `end` of this unit."""
        offsets = self.units[unit].offsets
        return [self.starts[unit] + place for place, (a, b) in enumerate(offsets) if a < end and b > start]


def tokenise(tokeniser: "PreTrainedTokenizerBase", texts: Sequence[str], limit: int) -> list[Unit]:
    """Each text's tokens, cut after `limit`; a text of which no token is left gets the unknown token."""
    coded = tokeniser(
        list(texts), add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, truncation=True, max_length=limit
    )
    unknown = [tokeniser.unk_token_id]
    return [
        Unit(text, ids or unknown, offsets or [(0, len(text))])
        for text, ids, offsets in zip(texts, coded["input_ids"], coded["offset_mapping"], strict=True)
    ]


def windows(tokeniser: "PreTrainedTokenizerBase", title: str, sentences: Sequence[str]) -> list[Window]:
    """The windows of one article; every sentence is `own` in exactly one of them."""
    if not sentences:
        return []
    heading = tokenise(tokeniser, [title], TITLE_TOKENS) if title.strip() else []
    units = tokenise(tokeniser, sentences, SENTENCE_TOKENS)
    room = WINDOW_TOKENS - 3 - sum(len(unit.ids) for unit in heading)
    made, first = [], 0
    while first < len(units):
        context = _context(units, first, room)
        used = sum(len(units[place].ids) for place in range(context, first))
        last = first
        while last < len(units) and (last == first or used + len(units[last].ids) <= room):
            used += len(units[last].ids)
            last += 1
        made.append(_window(tokeniser, heading, units, context, first, last))
        first = last
    return made


def _context(units: Sequence[Unit], first: int, room: int) -> int:
    """The first sentence to read before `first`: up to two, while they leave two thirds of the room."""
    context, used = first, 0
    while context > max(0, first - CONTEXT_SENTENCES):
        used += len(units[context - 1].ids)
        if used > room // 3 or used + len(units[first].ids) > room:
            break
        context -= 1
    return context


def _window(
    tokeniser: "PreTrainedTokenizerBase", heading: Sequence[Unit], units: Sequence[Unit], context: int, first: int, last: int
) -> Window:
    parts = [*heading, *units[context:last]]
    ids, starts = [tokeniser.cls_token_id], []
    for place, unit in enumerate(parts):
        starts.append(len(ids))
        ids.extend(unit.ids)
        if place < len(heading):
            ids.append(tokeniser.sep_token_id)
    ids.append(tokeniser.sep_token_id)
    return Window(
        ids=ids,
        units=parts,
        starts=starts,
        index=[-1] * len(heading) + list(range(context, last)),
        own=[False] * len(heading) + [place >= first for place in range(context, last)],
    )
