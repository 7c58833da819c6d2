"""Does a subscription want this alert? Pure."""

from collections.abc import Collection

from alerts.nouns import Alert, Subscription


def wants(subscription: Subscription, alert: Alert) -> bool:
    """Whether each condition that the subscription makes is met; an empty one is."""
    return (
        subscription.active
        and alert.score >= subscription.least_score
        and _met(subscription.topics, [alert.topic])
        and _met(subscription.forces, alert.force)
        and _met(subscription.places, [alert.place])
        and _met(subscription.sides, [alert.side])
        and _met(subscription.reasons, [alert.reason])
    )


def _met(wanted: Collection[str], given: Collection[str | None]) -> bool:
    return not wanted or any(one in wanted for one in given)
