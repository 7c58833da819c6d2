"""The world as a whole: its outlets, its stories in order of date, and what each feed shows at a moment. Pure but for `load`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demo.stories import FOLDER, Outlet, Story, WorldError, read_outlets, read_stories

#: Items in a feed. News sites commonly show 10 to 50; with 30 a reader may be away for half of a demo and miss nothing.
SHOWN = 30


@dataclass(frozen=True)
class World:
    """Outlets by key; stories by id, oldest first."""

    outlets: dict[str, Outlet]
    stories: dict[str, Story]

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "World":
        """The world in this folder: outlets.toml and one text file a month; WorldError names what is wrong where."""
        outlets = read_outlets((folder / "outlets.toml").read_text(encoding="utf-8"))
        stories: dict[str, Story] = {}
        for file in sorted(folder.glob("*.txt")):
            stories |= {story.id: story for story in read_stories(file.read_text(encoding="utf-8"), file.name, stories)}
        return cls.of(outlets, stories.values())

    @classmethod
    def of(cls, outlets: dict[str, Outlet], stories: Iterable[Story]) -> "World":
        """A world of these; WorldError where a story's outlet is none of them, or a reprint is older than its original."""
        found = {story.id: story for story in sorted(stories, key=lambda story: (story.published, story.id))}
        for story in found.values():
            if story.outlet not in outlets:
                raise WorldError(f"{story.id}: no outlet is called {story.outlet} in outlets.toml")
            if story.reprint_of and found[story.reprint_of].published > story.published:
                raise WorldError(f"{story.id}: is dated before {story.reprint_of}, which it reprints")
        return cls(outlets, found)

    @property
    def first(self) -> datetime:
        """Midnight before the first story."""
        return next(iter(self.stories.values())).published.replace(hour=0, minute=0)

    @property
    def last(self) -> datetime:
        """The last story's moment."""
        return next(reversed(self.stories.values())).published

    def shown(self, outlet: Outlet, at: datetime) -> list[Story]:
        """What the outlet's feed shows at that moment, newest first."""
        published = [story for story in self.stories.values() if story.outlet == outlet.key and story.published <= at]
        return published[::-1][:SHOWN]

    def page(self, path: str, at: datetime) -> Story | None:
        """The story at this address, if it is out by then."""
        story = self.stories.get(path.rpartition("/")[2].removesuffix(".html"))
        return story if story and story.path == path and story.published <= at else None
