"""The network: an encoder over a window, a mention head on each sentence, slot heads on each mention.

Two parts, exported apart: `Reader` runs on every window, `Slots` only where a mention was found.
B windows, T tokens, S sentences, M mentions, C names, N numbers, H hidden size, K kinds, V codes.
"""

import torch
from torch import Tensor, nn
from transformers import AutoModel

from classify.labels import KINDS, ROLES

POOLS = 2
FAR = -1e4  # added to what must not be chosen; finite in half precision
RELATIONS = 5  # where a name stands, seen from the mention: title, before, same sentence, after, far before


class Reader(nn.Module):
    """Windows to hidden states, sentence vectors and mention logits."""

    def __init__(self, encoder: nn.Module, hidden: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.attention = nn.Linear(hidden, POOLS)
        self.join = nn.Sequential(nn.Linear(hidden * (POOLS + 2), hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.dropout = nn.Dropout(0.1)
        self.kinds = nn.Linear(hidden, len(KINDS))
        nn.init.constant_(self.kinds.bias, -3.0)

    def forward(self, ids: Tensor, attention: Tensor, sentences: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """ids [B,T], attention [B,T], sentences [B,S,T] (1 on a sentence's tokens) -> hidden [B,T,H], vectors [B,S,H], logits [B,S,K]."""
        hidden = self.encoder(input_ids=ids, attention_mask=attention).last_hidden_state
        outside = (1.0 - sentences) * FAR
        weights = torch.softmax(self.attention(hidden).transpose(1, 2).unsqueeze(1) + outside.unsqueeze(2), dim=-1)
        pooled = torch.matmul(weights, hidden.unsqueeze(1)).flatten(2)
        highest = (hidden.unsqueeze(1) + outside.unsqueeze(-1)).amax(dim=2)
        first = hidden[:, :1].expand(-1, sentences.shape[1], -1)
        vectors = self.join(torch.cat([pooled, highest, first], dim=-1))
        return hidden, vectors, self.kinds(self.dropout(vectors))


class Slots(nn.Module):
    """Mentions of one window to the logits of their slots."""

    def __init__(self, hidden: int, codes: int, width: int = 128) -> None:
        super().__init__()
        self.kind = nn.Embedding(len(KINDS), hidden)
        self.query = nn.Sequential(nn.Linear(hidden * 2, hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.edges = nn.Linear(hidden, hidden * 2)
        self.roles = nn.Linear(hidden, width * len(ROLES))
        self.code = nn.Linear(width, codes)
        self.name = nn.Linear(hidden, width)
        self.number = nn.Linear(hidden, width)
        self.relation = nn.Embedding(RELATIONS, width)
        self.ask = nn.Linear(hidden, width)
        self.judge = nn.Sequential(nn.Linear(width * 3, width), nn.GELU(), nn.Linear(width, len(ROLES)))
        self.count = nn.Sequential(nn.Linear(width * 3, width), nn.GELU(), nn.Linear(width, 1))
        self.no_count = nn.Parameter(torch.zeros(1))
        self.width = width

    def forward(
        self,
        hidden: Tensor,
        vectors: Tensor,
        kinds: Tensor,
        sentence: Tensor,
        names: Tensor,
        name_codes: Tensor,
        relations: Tensor,
        numbers: Tensor,
        stated: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One window's mentions.

        hidden [T,H]; vectors [M,H]; kinds [M]; sentence [M,T] (1 on the mention's sentence); names [C,T] (1/n on a name's
        tokens); name_codes [C,V] (1 at its code); relations [M,C]; numbers [N,T]; stated [M,N] (1: in the same sentence)
        -> speaker [2,M,T] (logits of its first and last token; position 0 is none), codes [M,3,V], count [M,N+1] (last is none).
        """
        query = self.query(torch.cat([vectors, self.kind(kinds)], dim=-1))
        asked = self.ask(query)
        return (
            self._speaker(query, hidden, sentence),
            self._codes(query, asked, hidden, names, name_codes, relations),
            (self._count(asked, hidden, numbers, stated)),
        )

    def _speaker(self, query: Tensor, hidden: Tensor, sentence: Tensor) -> Tensor:
        edges = self.edges(query).view(-1, 2, hidden.shape[-1]).transpose(0, 1)
        none = torch.zeros_like(sentence[:, :1]) + 1.0
        choosable = torch.cat([none, sentence[:, 1:]], dim=1)
        return torch.matmul(edges, hidden.t()) * hidden.shape[-1] ** -0.5 + (1.0 - choosable) * FAR

    def _codes(self, query: Tensor, asked: Tensor, hidden: Tensor, names: Tensor, name_codes: Tensor, relations: Tensor) -> Tensor:
        known = self.code(self.roles(query).view(-1, len(ROLES), self.width))
        named = self.name(torch.matmul(names, hidden)).unsqueeze(0) + self.relation(relations)
        asking = asked.unsqueeze(1).expand_as(named)
        scores = self.judge(torch.cat([asking, named, asking * named], dim=-1))
        spread = scores.unsqueeze(-1) + (1.0 - name_codes).unsqueeze(0).unsqueeze(2) * FAR
        best = spread.amax(dim=1)
        occurs = name_codes.amax(dim=0)
        return known + best * occurs

    def _count(self, asked: Tensor, hidden: Tensor, numbers: Tensor, stated: Tensor) -> Tensor:
        figure = self.number(torch.matmul(numbers, hidden)).unsqueeze(0).expand(asked.shape[0], -1, -1)
        asking = asked.unsqueeze(1).expand_as(figure)
        scores = self.count(torch.cat([asking, figure, asking * figure], dim=-1)).squeeze(-1) + (1.0 - stated) * FAR
        return torch.cat([scores, self.no_count.expand(asked.shape[0], 1)], dim=1)


class Network(nn.Module):
    """Both parts with one encoder, as they are trained."""

    def __init__(self, base: str, codes: int) -> None:
        super().__init__()
        encoder = AutoModel.from_pretrained(base, **({"add_pooling_layer": False} if "mpnet" not in base else {}))
        hidden = encoder.config.hidden_size
        self.reader = Reader(encoder, hidden)
        self.slots = Slots(hidden, codes)
        nn.init.constant_(self.slots.code.bias, -4.0)
