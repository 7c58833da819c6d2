"""The ledger's tables, as `alerts/migrations` makes them. Times are UTC; sets of codes are stored as sorted text, `KP+RU`."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from wire.database import Instant

metadata = MetaData()

#: One row. Whoever records findings locks it first: the ledger has one writer at a time on PostgreSQL as on SQLite.
writer = Table(
    "writer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", Integer, nullable=False),  # of the newest alert
)

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("force", String(200), nullable=False),  # "" where nothing tells
    Column("place", String(2), nullable=False),  # "" where nothing tells
    Column("first_seen", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    UniqueConstraint("topic", "force", "place"),
    Index("claims_by_place", "topic", "place"),
    Index("claims_by_updated", "updated"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("claim", ForeignKey("claims.id"), nullable=False),
    Column("article", String(64), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("published", Instant, nullable=False),
    Column("fetched", Instant, nullable=False),
    Column("stance", String(16), nullable=False),
    Column("force", String(200), nullable=False),
    Column("place", String(2), nullable=False),
    Column("speaker", Text),
    Column("side", String(16)),  # null: the article's own voice
    Column("count", Integer),
    Column("sentence", Text, nullable=False),
    Column("sentence_index", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("model", Text, nullable=False),
    Column("recorded", Instant, nullable=False),
    Index("findings_by_claim", "claim", "published"),
    Index("findings_by_side", "claim", "side", "published"),
)

#: Append-only: what one side says of a claim from `since` on, with the finding that first showed it.
positions = Table(
    "positions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("claim", ForeignKey("claims.id"), nullable=False),
    Column("side", String(16), nullable=False),
    Column("stance", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("finding", ForeignKey("findings.id"), nullable=False, unique=True),
    Index("positions_by_claim", "claim", "side", "since"),
)

#: Every finding that reports a position, the first one included.
sources = Table(
    "sources",
    metadata,
    Column("position", ForeignKey("positions.id"), primary_key=True),
    Column("finding", ForeignKey("findings.id"), primary_key=True),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("position", ForeignKey("positions.id"), nullable=False, unique=True),
    Column("claim", ForeignKey("claims.id"), nullable=False, index=True),
    Column("finding", ForeignKey("findings.id"), nullable=False),
    Column("reason", String(32), nullable=False),  # alerts.novelty.Reason
    Column("previous", String(16)),  # the stance that this side held before
    Column("previous_since", Instant),
    Column("created", Instant, nullable=False),
    Column("sequence", Integer, nullable=False, unique=True),  # order of creation, for paging and Last-Event-ID
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),  # terminal:, https://..., mailto:..., apprise:...
    Column("secret", Text),  # signs a webhook; never shown again
    Column("topics", Text, nullable=False, server_default=""),  # each "" is any; codes joined by +
    Column("forces", Text, nullable=False, server_default=""),
    Column("places", Text, nullable=False, server_default=""),
    Column("sides", Text, nullable=False, server_default=""),
    Column("reasons", Text, nullable=False, server_default=""),
    Column("least_score", Float, nullable=False, server_default="0"),
    Column("active", Boolean, nullable=False, server_default="1"),
    Column("created", Instant, nullable=False),
)

#: The outbox. The id travels as idempotency key.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("alert", ForeignKey("alerts.id"), nullable=False),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False),
    Column("state", String(16), nullable=False),  # pending, sent, dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("sent", Instant),
    Column("error", Text),
    UniqueConstraint("alert", "subscription"),
    Index("deliveries_due", "state", "due"),
)
