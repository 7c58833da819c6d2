"""The settings of classify."""

from dataclasses import dataclass, field
from pathlib import Path

from classify.model import WEIGHTS
from wire.settings import Shared, path, setting, whole


def model_folder(value: str) -> Path:
    """A folder of weights; `shipped` is the one that comes with this version."""
    return WEIGHTS if value == "shipped" else path(value)


def optional_model_folder(value: str) -> Path | None:
    """A folder of weights, or None where nothing is given."""
    return model_folder(value) if value else None


@dataclass(frozen=True)
class ClassifySettings:
    """What classify reads from the environment."""

    shared: Shared = field(default_factory=Shared)
    model: Path = setting("CLAIMWIRE_MODEL", "shipped", model_folder, "Folder of the model to serve; `shipped` is this version's own.")
    threads: int = setting("CLAIMWIRE_MODEL_THREADS", "2", whole, "Processor threads for the network; 0 takes every core.")
    batch: int = setting(
        "CLAIMWIRE_CLASSIFY_BATCH", "16", whole, "Articles read from the log at a time; more is faster and each waits longer."
    )
    shadow_model: Path | None = setting(
        "CLAIMWIRE_SHADOW_MODEL",
        "",
        optional_model_folder,
        "Folder of a second model that reads along and is only counted: a candidate at work before it is served.",
    )
