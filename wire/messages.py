"""The contract between services: Article and Finding as versioned JSON, validated on reading.

Refuses what it does not know: another version, a missing or unknown field, a value outside LABELS.md's vocabulary.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

ARTICLES = "claimwire.articles"
FINDINGS = "claimwire.findings"
QUARANTINE_SUFFIX = ".quarantine"

Topic = Literal["foreign_troops", "escalation"]
Stance = Literal["confirm", "deny", "allege", "no_comment", "anticipate", "background"]
TOPICS: tuple[Topic, ...] = ("foreign_troops", "escalation")
STANCES: tuple[Stance, ...] = ("confirm", "deny", "allege", "no_comment", "anticipate", "background")

#: Alliances and bodies that a force or a side can be, beside the ISO 3166-1 alpha-2 country codes.
BODIES = ("NATO", "UN", "EU", "AUNION", "ECOWAS", "SADC", "CSTO", "EAC", "GCC", "AL", "OSCE", "IGAD", "OIC")
#: Speakers that speak for no country or body.
SIDES = ("anonymous", "media", "expert", "nonstate")

Code = Annotated[str, StringConstraints(pattern=rf"^([A-Z]{{2}}|{'|'.join(BODIES)})$")]
Side = Annotated[str, StringConstraints(pattern=rf"^([A-Z]{{2}}|{'|'.join((*BODIES, *SIDES))})$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Instant = Annotated[AwareDatetime, AfterValidator(lambda value: value.astimezone(UTC))]


class MessageError(ValueError):
    """Bytes that are no valid message; says which field is wrong."""


class Message(BaseModel):
    """Immutable JSON with a version. `encode` and `decode` are inverses."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1

    def encode(self) -> bytes:
        """The message as UTF-8 JSON."""
        return self.model_dump_json().encode()

    @classmethod
    def decode(cls, value: bytes | None) -> Self:
        """The message in these bytes; MessageError where they hold none."""
        if value is None:
            raise MessageError(f"{cls.__name__}: null record")
        try:
            return cls.model_validate_json(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "record"
            raise MessageError(f"{cls.__name__}: {field}: {first['msg']}") from None


class Article(Message):
    """One article as it was read. Its id is derived from its address, so a second sight of it is the same id."""

    id: str
    feed: str = Field(description="address of the feed that led to it")
    outlet: str = Field(description="name of the outlet, as the feed or its subscriber names it")
    url: str
    title: str
    text: str = Field(description="plain text, one paragraph a line")
    full_text: bool = Field(description="read from the page; false where only the feed's summary was to be had")
    language: str | None = Field(description="ISO 639-1, as detected; null where the text is too short to tell")
    published: Instant
    fetched: Instant

    @property
    def text_hash(self) -> str:
        """SHA-256 of title and text, hex; ties a finding to the version of the article that it was read in."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()


class Finding(Message):
    """One mention in one sentence: who says what of a claim. Field values follow docs/labels.md."""

    id: str
    article: str = Field(description="id of the article")
    url: str
    outlet: str
    title: str
    text_hash: str
    published: Instant
    fetched: Instant
    topic: Topic
    stance: Stance
    force: tuple[Code, ...] = Field(description="whose personnel, or who takes the step; sorted, empty where nothing tells")
    place: Country | None
    speaker: str | None = Field(description="the words that name the source, as in the sentence; null: the article's own voice")
    speaker_side: Side | None
    count: int | None = Field(ge=0, description="number of personnel stated")
    sentence: str
    sentence_index: int = Field(ge=-1, description="0 is the first sentence of the text, -1 the title")
    score: float = Field(ge=0, le=1, description="calibrated probability that topic and stance are right")
    model: str = Field(description="name and hash of the model that found it")
    tagged: Instant

    @property
    def claim_key(self) -> str:
        """Topic, force and place in one string: the log's key."""
        return f"{self.topic}|{'+'.join(self.force) or '-'}|{self.place or '-'}"


def derived_id(*parts: str | int) -> str:
    """A stable id of 32 hex digits from these parts; the same parts give the same id on every machine."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)
