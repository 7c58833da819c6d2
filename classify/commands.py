"""The commands of classify: the service, and what a person does with the model: tag, evaluate, train, export."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.progress import Progress, track

from classify.evaluate import evaluate
from classify.items import Item, ItemError, is_json_lines, item_of, read_json_lines, text_of
from classify.labels import Mention
from classify.model import Model
from classify.report import print_figures, print_mentions
from classify.sentences import Text
from classify.settings import ClassifySettings, model_folder
from wire.settings import read
from wire.stop import stop_at_signals

if TYPE_CHECKING:
    from classify.tag import Tagger

CHUNK = 64


class TextTagger(Protocol):
    """What tags texts: the model's tagger, or the baseline."""

    def tag(self, texts: Sequence[Text]) -> list[list[list[Mention]]]: ...


def add_commands(subparsers: Any) -> None:
    """Add classify, tag, evaluate and train."""
    service = subparsers.add_parser("classify", help="run the classify service alone: articles from the log to findings on it")
    service.set_defaults(run=_classify)
    tag = subparsers.add_parser("tag", help="tag texts: who says what of foreign troops and escalation")
    tag.add_argument("files", nargs="*", metavar="FILE", help="plain text or JSON Lines in gold form; standard input if none")
    tag.add_argument("--json", action="store_true", help="print JSON Lines in gold form: same ids, same sentences, mentions found")
    tag.add_argument(
        "--explain", action="store_true", help="say why: thresholds, other stances, candidates, the words that weighed most (slow)"
    )
    tag.set_defaults(run=_tag)
    figures = subparsers.add_parser("evaluate", help="measure the model against a gold file")
    figures.add_argument("gold", metavar="GOLD.jsonl")
    figures.add_argument("--tagger", choices=("model", "regex"), default="model", help="what to measure (default: the model)")
    figures.add_argument("--json", action="store_true", help="print the figures as JSON")
    figures.set_defaults(run=_evaluate)
    for parser in (tag, figures):
        parser.add_argument("--model", metavar="FOLDER", type=model_folder, help="the model to use (default: CLAIMWIRE_MODEL)")
    _add_train(subparsers)


def _add_train(subparsers: Any) -> None:
    train = subparsers.add_parser("train", help="train the model (needs the train extra: make train-env)")
    train.add_argument("items", nargs="+", metavar="ITEMS", help="labelled items: .txt as in classify/train/data, or JSON Lines")
    train.add_argument("--base", required=True, metavar="FOLDER", help="a Hugging Face encoder: a folder, or a name that can be fetched")
    train.add_argument("--from", dest="begun", default="", metavar="FOLDER", help="begin where the training in this folder ended")
    train.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the weights go; its `state` folder is resumed from")
    train.add_argument("--name", default="claimwire", help="the model's name, as every finding carries it (default: claimwire)")
    train.add_argument("--epochs", type=int, default=4)
    train.add_argument("--rate", type=float, default=1e-4, help="the encoder's learning rate (default: 1e-4; 6e-5 suits a base of 110 M)")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--bf16", action="store_true", help="train in bfloat16: faster where the processor has AVX-512 BF16")
    train.add_argument("--fp32", action="store_true", help="keep the weights in 32 bits (default: 8)")
    train.set_defaults(run=_train)
    export = subparsers.add_parser("export", help="write the weights of a training again, without training (needs the train extra)")
    export.add_argument("state", type=Path, metavar="STATE", help="the folder that claimwire train wrote to, or its state.pt")
    export.add_argument("out", type=Path, metavar="OUT", help="folder for the weights")
    export.add_argument("--fp32", action="store_true", help="keep the weights in 32 bits (default: 8)")
    export.add_argument("--name", help="the model's name (default: as it was trained)")
    export.add_argument("--base", metavar="FOLDER", help="the encoder that it was trained from, if that has moved")
    export.add_argument("--items", nargs="+", metavar="ITEMS", help="all items of that training, where the state is without those held out")
    export.set_defaults(run=_export)
    for parser in (train, export):
        parser.add_argument(
            "--texts", type=Path, default=Path("../shared/data"), metavar="FOLDER", help="the gathered texts that items cite"
        )
        parser.add_argument("--reference", type=Path, metavar="ITEMS", help="news as it will be read, to measure drift against")
        parser.add_argument("--general", type=Path, metavar="FILE.jsonl.gz", help="general news by category, for the gate to tell apart")


def _classify(_: argparse.Namespace) -> int:
    from classify.app import run

    run(read(ClassifySettings, os.environ), stop_at_signals())
    return 0


def _tag(args: argparse.Namespace) -> int:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a lone surrogate in a given sentence: as JSON escapes it, too
    tagger, refused = _tagger(args.model), 0
    console = Console()
    for chunk in _chunks(_items(args.files)):
        items = [item for item in chunk if not isinstance(item, ItemError)]
        for error in (item for item in chunk if isinstance(item, ItemError)):
            print(error, file=sys.stderr)
            refused += 1
        if args.explain:
            for item in items:
                _explain(console, item, tagger, args.json)
            continue
        for item in tagged(items, tagger):
            if args.json:
                print(json.dumps(item, ensure_ascii=False))
            else:
                print_mentions(console, item)
    return 1 if refused else 0


def _explain(console: Console, item: Item, tagger: "Tagger", as_json: bool) -> None:
    from classify.explain import explain
    from classify.explained import data, print_explanations

    given, text = text_of(item)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("weighing words", total=None)
        explanations = explain(tagger, text, progress=lambda done, total: bar.update(task, completed=done, total=total))
    if as_json:
        print(json.dumps(data(item, given, explanations, tagger.model.name), ensure_ascii=False))
    else:
        print_explanations(console, text.title or item["id"], explanations, tagger.model.name)


def _evaluate(args: argparse.Namespace) -> int:
    gold: list[Item] = []
    for item in read_json_lines(Path(args.gold)):
        if isinstance(item, ItemError):
            raise item
        gold.append(item)
    if args.tagger == "regex":
        from classify.train.baseline import RegexTagger

        tagger: TextTagger = RegexTagger()
    else:
        tagger = _tagger(args.model)
    chunks = list(_chunks(iter(gold)))
    predicted = [item for chunk in track(chunks, "tagging", console=Console(stderr=True)) for item in tagged(chunk, tagger)]
    figures = evaluate(gold, predicted)
    if args.json:
        print(json.dumps(figures, indent=1))
    else:
        print_figures(Console(), figures)
    return 0


def _train(args: argparse.Namespace) -> int:
    return _with_train_extra("build", args)


def _export(args: argparse.Namespace) -> int:
    return _with_train_extra("export_again", args)


def _with_train_extra(name: str, args: argparse.Namespace) -> int:
    """Call this function of `classify.train.build`, which needs PyTorch."""
    try:
        from classify.train import build
    except ModuleNotFoundError as error:
        print(f"claimwire {args.command} needs {error.name}: run `make train-env` and use .venv-train/bin/claimwire", file=sys.stderr)
        return 1
    getattr(build, name)(args)
    return 0


def _tagger(folder: Path | None) -> "Tagger":
    from classify.tag import Tagger

    settings = read(ClassifySettings, os.environ)
    return Tagger(Model(folder or settings.model, settings.threads))


def _items(files: Sequence[str]) -> Iterator[Item | ItemError]:
    if not files:
        yield from _from_text(sys.stdin.read(), "-")
    for name in files:
        path = Path(name)
        if is_json_lines(path):
            yield from read_json_lines(path)
        else:
            yield from _from_text(path.read_text("utf-8", errors="replace"), name)


def _from_text(text: str, name: str) -> Iterator[Item | ItemError]:
    """Plain text is one item; on standard input JSON Lines are told by their first character."""
    if text.lstrip().startswith("{"):
        yield from (item_of(line, f"{name}:{number}") for number, line in enumerate(text.splitlines(), 1) if line.strip())
    else:
        yield {"id": name, "title": "", "text": text}


def _chunks(items: Iterator[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def tagged(items: Sequence[Item], tagger: TextTagger) -> list[Item]:
    """These items with the mentions found, in gold form; sentences that are given stay as they are."""
    laid = [text_of(item) for item in items]
    return [
        {
            **{key: value for key, value in item.items() if key not in ("text", "sentences")},
            "sentences": [{"text": s, "mentions": [m.gold() for m in found]} for s, found in zip(given, mentions, strict=True)],
        }
        for item, (given, _), mentions in zip(items, laid, tagger.tag([text for _, text in laid]), strict=True)
    ]
