"""Mentions to findings: adds where a mention was read, and an id that is the same each time the article is."""

from collections.abc import Sequence
from datetime import datetime

from classify.labels import Mention
from classify.sentences import Text
from wire.messages import Article, Finding, derived_id


def findings(article: Article, text: Text, mentions: Sequence[Sequence[Mention]], model: str, now: datetime) -> list[Finding]:
    """One finding for each mention of each sentence of the article's text."""
    return [
        finding(article, sentence, index, mention, model, now)
        for index, (sentence, found) in enumerate(zip(text.sentences, mentions, strict=True), text.first)
        for mention in found
    ]


def finding(article: Article, sentence: str, index: int, mention: Mention, model: str, now: datetime) -> Finding:
    """The finding of this mention. Its id is derived from article, sentence, topic, stance and speaker, not from the model."""
    return Finding(
        id=derived_id(article.id, index, mention.topic, mention.stance, mention.speaker or ""),
        article=article.id,
        url=article.url,
        outlet=article.outlet,
        title=article.title,
        text_hash=article.text_hash,
        published=article.published,
        fetched=article.fetched,
        topic=mention.topic,
        stance=mention.stance,
        force=mention.force,
        place=mention.place,
        speaker=mention.speaker,
        speaker_side=mention.speaker_side,
        count=mention.count,
        sentence=sentence,
        sentence_index=index,
        score=mention.score,
        model=model,
        tagged=now,
    )
