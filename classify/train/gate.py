"""The gate: a small convolution over static embeddings that rules out sentences before the reader sees them.

Trained after the reader, on the same items and on general news, and set to lose next to none of the held-out mentions.
D articles, S sentences, L tokens of a sentence.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from classify.items import Item
from classify.layout import gate_input
from classify.train.examples import held_out
from classify.windows import Laid, laid_out

WIDTH, FILTERS, HIDDEN = 64, 128, 64
EPOCHS, BATCH = 4, 64  # items
RATE = 4e-3
POSITIVE_WEIGHT = 4.0
#: The share of held-out mentions that the threshold may lose. Half of what is promised: other texts lose more.
LOST = 0.005


class Gate(nn.Module):
    """An article's sentences to the logit that each has a mention: from its own words, the title's, the two before it, and all."""

    def __init__(self, embeddings: Tensor, padding: int) -> None:
        super().__init__()
        self.padding = padding
        self.words = nn.Embedding.from_pretrained(embeddings, freeze=False)
        self.grams = nn.Conv1d(embeddings.shape[1], FILTERS, 3, padding=1)
        self.judge = nn.Sequential(nn.Dropout(0.2), nn.Linear(4 * FILTERS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))

    def forward(self, ids: Tensor) -> Tensor:
        """ids [D,1+S,L], the title first, padded -> logits [D,S]."""
        articles, rows, length = ids.shape
        there = (ids != self.padding).to(torch.float32).view(articles * rows, 1, length)
        grams = torch.relu(self.grams(self.words(ids.view(articles * rows, length)).transpose(1, 2) * there)) * there
        found = grams.amax(2).view(articles, rows, FILTERS)
        title, own = found[:, :1], found[:, 1:]
        before = functional.pad(own, (0, 0, 2, 0))
        whole = own.amax(1, keepdim=True)
        parts = (own, title.expand_as(own), torch.maximum(before[:, :-2], before[:, 1:-1]), whole.expand_as(own))
        logits: Tensor = self.judge(torch.cat(parts, -1)).squeeze(-1)
        return logits


@dataclass(frozen=True, slots=True)
class Gated:
    """A trained gate, the logit from which a sentence is read, and the share of the held-out sentences that pass."""

    gate: Gate
    threshold: float
    passed: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Article:
    laid: Laid
    right: list[bool]


def train_gate(items: Sequence[Item], general: Sequence[Item], words: Tensor, tokeniser: PreTrainedTokenizerBase, seed: int = 1) -> Gated:
    """A gate over the reader's own word embeddings [V,H], reduced to their main directions."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    gate = Gate(_reduced(words), tokeniser.pad_token_id)
    shown = _articles([item for item in (*items, *general) if not held_out(item)], tokeniser)
    steps = EPOCHS * -(-len(shown) // BATCH)
    slow, fast = [*gate.words.parameters()], [*gate.grams.parameters(), *gate.judge.parameters()]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": RATE / 2}, {"params": fast, "lr": RATE}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    order = [batch for _ in range(EPOCHS) for batch in _batches(shown, chance)]
    for batch in track(order, "the gate"):
        ids, right, counts = _input(batch, tokeniser.pad_token_id)
        each = functional.binary_cross_entropy_with_logits(gate(ids), right, pos_weight=torch.tensor(POSITIVE_WEIGHT), reduction="none")
        loss = (each * counts).sum() / counts.sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return _set(gate.eval(), [[item for item in group if held_out(item)] for group in (items, general)], tokeniser)


def _set(gate: Gate, groups: Sequence[Sequence[Item]], tokeniser: PreTrainedTokenizerBase) -> Gated:
    """The highest threshold that loses no more than LOST of the first group's mentions."""
    (logits, right), (general, _) = (_outputs(gate, _articles(group, tokeniser)) for group in groups)
    threshold = float(np.quantile(logits[right], LOST, method="lower")) if right.any() else -np.inf
    kinds = {"mentions": logits[right], "clean": logits[~right], "general": general}
    return Gated(gate, threshold, {name: round(float((found >= threshold).mean()), 4) for name, found in kinds.items() if found.size})


@torch.no_grad()
def _outputs(gate: Gate, articles: Sequence[_Article]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    found, right = [np.zeros(0, np.float32)], [np.zeros(0, np.bool_)]
    for batch in _batches(articles, random.Random(0)):
        ids, wanted, counts = _input(batch, gate.padding)
        found.append(gate(ids)[counts > 0].numpy())
        right.append(wanted[counts > 0].numpy() > 0)
    return np.concatenate(found), np.concatenate(right)


def _articles(items: Sequence[Item], tokeniser: PreTrainedTokenizerBase) -> list[_Article]:
    made = []
    for item in items:
        laid = laid_out(tokeniser, item["title"], [s["text"] for s in item["sentences"]])
        made.append(_Article(laid, [bool(s["mentions"]) for s in item["sentences"]]))
    return made


def _input(batch: Sequence[_Article], padding: int) -> tuple[Tensor, Tensor, Tensor]:
    """The gate's input, what is right [D,S], and which sentences are there [D,S]."""
    ids = gate_input([article.laid for article in batch], padding)
    right, there = np.zeros((len(batch), ids.shape[1] - 1), np.float32), np.zeros((len(batch), ids.shape[1] - 1), np.float32)
    for row, article in enumerate(batch):
        right[row, : len(article.right)] = article.right
        there[row, : len(article.right)] = 1
    return torch.from_numpy(ids), torch.from_numpy(right), torch.from_numpy(there)


def _batches(articles: Sequence[_Article], chance: random.Random) -> Iterator[Sequence[_Article]]:
    order = sorted(articles, key=lambda article: len(article.laid.units) * chance.uniform(0.9, 1.1))
    starts = list(range(0, len(order), BATCH))
    chance.shuffle(starts)
    return (order[start : start + BATCH] for start in starts)


def _reduced(words: Tensor) -> Tensor:
    """The embeddings' WIDTH main directions, at half of unit variance."""
    centred = words.detach().float() - words.detach().float().mean(0)
    _, _, directions = torch.linalg.svd(centred[:: max(1, len(centred) // 8000)], full_matrices=False)
    kept = centred @ directions[:WIDTH].T
    return 0.5 * kept / kept.std()
