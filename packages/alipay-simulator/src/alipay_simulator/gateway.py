"""/gateway.do: a page to pay on, or the open API's answer with whatever fault strikes it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from .api import PAGES, Rejected
from .pages import Answer, page, redirect
from .provider import Provider
from .trades import Refusal

BROKEN = Answer(b"Internal Server Error", status=500)
DROPPED = Answer(b"", drop=True)

INSTEAD: dict[str, Answer] = {
    "refuse": DROPPED,
    "500-before": BROKEN,
    "html": Answer("<html><body>系统维护中</body></html>".encode()),
}
"""Faults that keep a call from being executed -> what is answered."""

AFTER: dict[str, Callable[[Answer, float], Answer]] = {
    "drop": lambda answer, value: DROPPED,
    "500": lambda answer, value: BROKEN,
    "garbage": lambda answer, value: Answer(b"\xff\xfe\x00 neither JSON nor text"),
    "hang": lambda answer, value: replace(DROPPED, wait=value or 30),
    "drip": lambda answer, value: replace(answer, drip=True),
}
"""Faults of the way back -> what becomes of the answer of an executed call."""


def answer_to(provider: Provider, params: Mapping[str, str], *, language: str) -> Answer:
    if params.get("method") in PAGES:
        return _cashier(provider, params, language=language)
    return _called(provider, params)


def _cashier(provider: Provider, params: Mapping[str, str], *, language: str) -> Answer:
    try:
        return redirect(f"/cashier/{provider.enter(params)}/")
    except (Refusal, Rejected) as refusal:
        status = 409 if isinstance(refusal, Refusal) else 400
        return page("refused", {"refusal": refusal}, language=language, status=status)


def _called(provider: Provider, params: Mapping[str, str]) -> Answer:
    api, method = provider.api, params.get("method", "")
    fault = provider.faults.take("reply", method=method)
    how = fault.how if fault else ""
    if how in INSTEAD:
        return INSTEAD[how]
    if how == "20000":
        return Answer(api.unavailable(method))
    answer = Answer(api.answer(params))
    if how == "20000-after":
        return Answer(api.unavailable(method))
    if how in ("bad-signature", "unsigned"):
        (name, payload), *_ = json.loads(answer.body).items()
        return Answer(api.sealed(name, payload, signed=how != "unsigned", over="something else"))
    return AFTER[how](answer, fault.value) if fault else answer
