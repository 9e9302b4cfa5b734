"""Switches for what can go wrong at a payment gateway."""

import threading
from dataclasses import dataclass

KINDS: dict[str, dict[str, str]] = {
    "reply": {
        "drop": "execute the call, then close the connection without an answer",
        "refuse": "close the connection before anything happens",
        "hang": "execute, then say nothing for VALUE seconds",
        "drip": "execute, then send one byte per second",
        "500": "execute, then answer HTTP 500",
        "500-before": "answer HTTP 500 and do nothing",
        "garbage": "execute, then answer with bytes that are no JSON",
        "html": "do nothing and answer with a maintenance page",
        "20000": "do nothing and answer that the service is not available",
        "20000-after": "execute, then answer that the service is not available",
        "bad-signature": "execute, then sign the answer with the wrong text",
        "unsigned": "execute, then leave the signature out",
    },
    "notify": {
        "drop": "never deliver",
        "delay": "deliver VALUE seconds late",
        "twice": "deliver twice at the same moment",
        "tamper": "change the amount after signing",
        "forge": "sign with another key",
        "seller": "name another seller, correctly signed",
        "app": "name another application, correctly signed",
        "amount": "name another amount, correctly signed",
        "early": "deliver before the buyer's payment page answers",
    },
    "refund": {
        "poor": "refuse: the seller's balance is not enough",
        "unchanged": "execute, and answer without fund_change=Y",
        "pending": "answer that it is under way, and do nothing",
    },
    "trade": {"amount": "query tells another amount than was paid"},
}


@dataclass
class Fault:
    kind: str
    how: str
    method: str = ""
    """The open API method it strikes; "" for all."""
    value: float = 0
    times: int = 1
    """How often it strikes; -1 for ever."""


class Faults:
    """The switches that are on. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault.how not in KINDS.get(fault.kind, {}):
            raise ValueError(f"No such fault: {fault.kind} {fault.how}")
        with self._lock:
            self._on.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._on.clear()

    def on(self) -> list[Fault]:
        with self._lock:
            return list(self._on)

    def take(self, kind: str, *, method: str = "", among: set[str] | None = None) -> Fault | None:
        """The first fault that strikes here, used up by one."""
        with self._lock:
            for fault in self._on:
                if fault.kind != kind or fault.method not in ("", method) or (among and fault.how not in among):
                    continue
                if fault.times > 0:
                    fault.times -= 1
                    if not fault.times:
                        self._on.remove(fault)
                return fault
        return None
