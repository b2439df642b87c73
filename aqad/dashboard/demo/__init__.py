"""The demo's world: who trades, what they sell and what happened. Plain data and pure functions; nothing here knows Django."""
