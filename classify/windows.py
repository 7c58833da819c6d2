"""Lays sentences out as windows: title, then consecutive sentences up to 256 tokens, read in one pass.

Knows tokens and offsets, not labels. Where sentences are left out, a window keeps up to two before its first as context.
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
class Laid:
    """An article tokenised: its title, if it has one, its sentences, and the tokens that begin a window and end its parts."""

    heading: list[Unit]
    units: list[Unit]
    first: int
    separator: int


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
    """Each text's tokens, cut after `limit`; a text of which no token is left gets the unknown token.

    A text that spells a special token ("[SEP]") has its characters read: no writer ends a sentence for the network.
    """
    coded = tokeniser(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=True,
        return_attention_mask=False,
        truncation=True,
        max_length=limit,
    )
    unknown = [tokeniser.unk_token_id]
    return [
        Unit(text, ids or unknown, offsets or [(0, len(text))])
        for text, ids, offsets in zip(texts, coded["input_ids"], coded["offset_mapping"], strict=True)
    ]


def laid_out(tokeniser: "PreTrainedTokenizerBase", title: str, sentences: Sequence[str]) -> Laid:
    """An article's tokens."""
    heading = tokenise(tokeniser, [title], TITLE_TOKENS) if title.strip() else []
    units = tokenise(tokeniser, sentences, SENTENCE_TOKENS) if sentences else []
    return Laid(heading, units, tokeniser.cls_token_id, tokeniser.sep_token_id)


def windows(laid: Laid, wanted: Sequence[bool] | None = None) -> list[Window]:
    """The windows of one article; every sentence that is wanted (None: all are) is `own` in exactly one of them."""
    asked = [True] * len(laid.units) if wanted is None else list(wanted)
    room = WINDOW_TOKENS - 3 - sum(len(unit.ids) for unit in laid.heading)
    made, left = [], [place for place, own in enumerate(asked) if own]
    while left:
        first = left[0]
        context = _context(laid.units, first, room)
        used = sum(len(laid.units[place].ids) for place in range(context, first + 1))
        end = first + 1
        for place in left[1:]:  # whatever stands between two that are wanted is read with them, unless it is too long
            used += sum(len(unit.ids) for unit in laid.units[end : place + 1])
            if used > room or place - end > CONTEXT_SENTENCES:
                break
            end = place + 1
        made.append(_window(laid, asked, context, first, end))
        left = [place for place in left if place >= end]
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


def _window(laid: Laid, asked: Sequence[bool], context: int, first: int, end: int) -> Window:
    parts = [*laid.heading, *laid.units[context:end]]
    ids, starts = [laid.first], []
    for place, unit in enumerate(parts):
        starts.append(len(ids))
        ids.extend(unit.ids)
        if place < len(laid.heading):
            ids.append(laid.separator)
    ids.append(laid.separator)
    return Window(
        ids=ids,
        units=parts,
        starts=starts,
        index=[-1] * len(laid.heading) + list(range(context, end)),
        own=[False] * len(laid.heading) + [place >= first and asked[place] for place in range(context, end)],
    )
