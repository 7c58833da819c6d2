"""Trains the network, with progress, seeds and a state on disk that a later run goes on from. Never sees the held-out items."""

import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from classify.items import Item
from classify.labels import codes
from classify.names import Names
from classify.train.augment import augmented
from classify.train.examples import Example, batch_input, batches, examples, held_out
from classify.train.losses import batch_loss
from classify.train.network import Network
from classify.train.trained import state_file

SAVE_SECONDS = 300
WARM_UP = 0.06


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: everything that decides its weights, beside the data."""

    base: str
    begun: str = ""  # the folder of the training that this one begins where it ended; empty: with the base as it is
    epochs: int = 6
    encoder_rate: float = 1e-4
    head_rate: float = 5e-4
    batch_tokens: int = 800
    clean_share: float = 0.5  # of the windows without a mention, how many an epoch shows: they teach least and are the most
    bf16: bool = False  # the reader's products in bfloat16: 0.6 times the time where the processor has AVX-512 BF16
    seed: int = 1


class Training:
    """A training under way: network, optimiser, where it stands. `run` goes on from what `folder` holds."""

    def __init__(self, plan: Plan, items: Sequence[Item], folder: Path) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.folder = plan, folder
        self.tokeniser: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(plan.base)
        self.names, self.labels = Names(), codes()
        self.learned = [item for item in items if not held_out(item)]
        self.unseen = examples([item for item in items if held_out(item)], self.tokeniser, self.names, self.labels)
        self.network = Network(plan.base, len(self.labels))
        heads = [p for name, p in self.network.named_parameters() if ".encoder." not in name]
        groups = [
            {"params": list(self.network.reader.encoder.parameters()), "lr": plan.encoder_rate},
            {"params": heads, "lr": plan.head_rate},
        ]
        self.optimiser = AdamW(groups, weight_decay=0.01, fused=True)
        self.steps_an_epoch = len(self._epoch(0))
        self.schedule = LambdaLR(self.optimiser, self._rate)
        self.epoch, self.step = 0, 0
        if plan.begun:
            self.network.load_state_dict(torch.load(state_file(Path(plan.begun)), weights_only=True, mmap=True)["network"])
        self._resume()

    def run(self, until: int | None = None) -> Network:
        """Train to the end of the plan, or of epoch `until`; returns the network."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("loss {task.fields[loss]:.3f}"),
        )
        with Progress(*columns) as progress:
            while self.epoch < (self.plan.epochs if until is None else until):
                self._run_epoch(progress)
                self.epoch, self.step = self.epoch + 1, 0
                self._save()
                print(
                    f"epoch {self.epoch}: mention F1 {mention_f1(self.network, self.unseen, self._padding):.3f} on held-out items",
                    flush=True,
                )
        return self.network

    @property
    def _padding(self) -> int:
        return self.tokeniser.pad_token_id

    def _run_epoch(self, progress: Progress) -> None:
        order = self._epoch(self.epoch)
        task = progress.add_task(f"epoch {self.epoch + 1}/{self.plan.epochs}", total=len(order), completed=self.step, loss=0.0)
        saved, average = time.monotonic(), 0.0
        self.network.train()
        for batch in order[self.step :]:
            loss = batch_loss(self.network, batch, self.labels, self._padding, bf16=self.plan.bf16)
            self.optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimiser.step()
            self.schedule.step()
            self.step += 1
            average = loss.item() if not average else 0.98 * average + 0.02 * loss.item()
            progress.update(task, completed=self.step, loss=average)
            if self.step % 50 == 0:
                print(f"epoch {self.epoch + 1} step {self.step}/{len(order)} loss {average:.3f}", flush=True)
            if time.monotonic() - saved > SAVE_SECONDS:
                self._save()
                saved = time.monotonic()

    def _epoch(self, epoch: int) -> list[list[Example]]:
        chance = random.Random(f"{self.plan.seed} {epoch}")
        drawn = [augmented(item, self.names, chance) for item in self.learned]
        made = examples(drawn, self.tokeniser, self.names, self.labels)
        shown = [example for example in made if example.targets or chance.random() < self.plan.clean_share]
        return batches(shown, self.plan.batch_tokens, chance)

    def _rate(self, step: int) -> float:
        total = self.steps_an_epoch * self.plan.epochs
        warm = max(1, int(total * WARM_UP))
        return step / warm if step < warm else max(0.02, (total - step) / max(1, total - warm))

    def _save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "plan": json.dumps(asdict(self.plan)),
            "epoch": self.epoch,
            "step": self.step,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        torch.save(state, self.folder / "state.tmp")
        (self.folder / "state.tmp").replace(self.folder / "state.pt")

    def _resume(self) -> None:
        kept = self.folder / "state.pt"
        if not kept.exists():
            return
        state = torch.load(kept, weights_only=True)
        if state["plan"] != json.dumps(asdict(self.plan)):
            raise SystemExit(f"{kept} belongs to another plan: {state['plan']}. Name another folder with --state, or remove it.")
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch, self.step = state["epoch"], state["step"]
        print(f"resumed at epoch {self.epoch + 1}, step {self.step}")


@torch.no_grad()
def mention_f1(network: Network, made: Sequence[Example], padding: int, threshold: float = 0.4) -> float:
    """F1 of (sentence, topic, stance) on these examples' own sentences."""
    network.eval()
    right = predicted = gold = 0
    for batch in batches(made, 2000, random.Random(0)):
        inputs, wanted, counts = batch_input(batch, padding)
        found = (torch.sigmoid(network.reader(**inputs)[2]) > threshold) & (counts > 0).unsqueeze(-1)
        right += int((found & (wanted > 0)).sum())
        predicted, gold = predicted + int(found.sum()), gold + int(wanted.sum())
    return 2 * right / (predicted + gold) if predicted + gold else 0.0
