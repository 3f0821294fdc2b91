"""Feed of revocations: Cognito's CloudTrail events, by EventBridge, become marks in the ledger.

1. :mod:`session_feed.events` reads an event and says what it does to whose sessions.
2. :mod:`session_feed.feed` writes that into the ledger.

The feed is best effort: a trail must exist, and CloudTrail takes minutes. It makes caches forget
early; the verdict TTL stays the bound. Events may come twice and out of order: marks only rise.
"""
