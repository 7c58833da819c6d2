"""What the network is trained to make small: mentions by binary cross-entropy, slots by cross-entropy over what could fill them."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from classify.labels import ROLES, allowed
from classify.train.examples import IGNORE, Example, batch_input, slots_tensors
from classify.train.network import FAR, Network
from wire.messages import TOPICS

POSITIVE_WEIGHT = 1.5
TOPIC_WEIGHT = 0.5
SLOT_WEIGHT = 0.25


def batch_loss(network: Network, batch: Sequence[Example], labels: Sequence[str], padding: int, *, bf16: bool = False) -> Tensor:
    """The loss of a batch: of its own sentences' mentions, of their topics, and of the slots of the labelled ones."""
    inputs, right, counts = batch_input(batch, padding)
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        hidden, vectors, logits = (output.float() for output in network.reader(**inputs))
    each = _binary(logits, right) + TOPIC_WEIGHT * _binary(*topics(logits, right))
    loss = (each * counts).sum() / counts.sum()
    slots = [slot_loss(network, example, hidden[row], vectors[row], labels) for row, example in enumerate(batch) if example.targets]
    mentions = sum(len(example.targets) for example in batch)
    return loss + SLOT_WEIGHT * torch.stack(slots).sum() / mentions if slots else loss


def topics(logits: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Of kinds [..., K] their topics [..., 2]: a topic is as likely as the sum of its stances' odds, and stated where any of them is."""
    shape = (*logits.shape[:-1], len(TOPICS), -1)
    return logits.view(shape).logsumexp(-1), right.view(shape).amax(-1)


def _binary(logits: Tensor, right: Tensor) -> Tensor:
    weight = torch.tensor(POSITIVE_WEIGHT)
    return functional.binary_cross_entropy_with_logits(logits, right, pos_weight=weight, reduction="none").sum(-1)


def slot_loss(network: Network, example: Example, hidden: Tensor, vectors: Tensor, labels: Sequence[str]) -> Tensor:
    """The slots' loss of one window's mentions, summed over them."""
    targets = example.targets
    tensors = slots_tensors(example, labels, hidden.shape[0])
    speaker, codes, count = network.slots(hidden, vectors[[t.unit for t in targets]], **tensors)
    loss = _entropy(count, [t.count for t in targets])
    for edge in (0, 1):
        loss = loss + _entropy(speaker[edge], [t.speaker[edge] for t in targets])
    for place, role in enumerate(ROLES):
        closed = (~torch.tensor(allowed(role, labels))).float() * FAR
        logits = codes[:, place] + closed
        if role == "force":
            right = torch.zeros_like(logits)
            for row, target in enumerate(targets):
                right[row, target.codes[role]] = 1
            loss = loss + functional.binary_cross_entropy_with_logits(logits, right, reduction="none").sum()
        else:
            loss = loss + _entropy(logits, [t.codes[role][0] for t in targets])
    return loss


def _entropy(logits: Tensor, right: list[int]) -> Tensor:
    return functional.cross_entropy(logits, torch.tensor(right), ignore_index=IGNORE, reduction="sum")
