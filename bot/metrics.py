"""What Mend counts of its work, for Prometheus: numbers only, no word and no chat. Shown where a port is set for it."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram, start_http_server

RECEIVED = Counter("mend_updates_received", "Updates that were kept and confirmed to Telegram")
TURNS = Counter("mend_turns", "Updates that were answered")
LATENCY = Histogram(
    "mend_answer_seconds",
    "Seconds from an update's arrival to its last reply",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
WAITING = Gauge("mend_jobs_waiting", "Chats in which something waits for a worker")
UNASKED = Counter("mend_unasked", "Evening questions and the like, by what became of them", ["outcome"])
REFUSED = Counter("mend_telegram_refusals", "Calls that Telegram answered with 429")


def show(port: int | None) -> None:
    """Show the numbers at `/metrics` on this port; nothing listens without one."""
    if port is not None:
        start_http_server(port)
