"""Who may have a file: anti-steal tokens, signed URLs, and the site's own policy."""

import logging
import time
from collections.abc import Awaitable
from http import HTTPStatus
from inspect import isawaitable
from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest
from django.utils.module_loading import import_string

from .conf import Options
from .names import anti_steal_token, is_file_id, parse_file_id, token_fault

logger: logging.Logger = logging.getLogger(__name__)
_SALT = "django_fdfs_storage.media"


def url_query(options: Options, name: str, expires_in: int | None) -> dict[str, str]:
    """What the URL of a file carries so that it is served, for `expires_in` seconds at most."""
    now = int(time.time())
    if options.private:
        expires = str(now + (options.token_ttl if expires_in is None else expires_in))
        return {"expires": expires, "signature": _signer(options).signature(f"{name}?{expires}")}
    if options.token_secret is None:
        return {}
    # The web server counts its own time to live from `ts`; a shorter life is an earlier `ts`.
    life = options.token_ttl if expires_in is None else min(expires_in, options.token_ttl)
    return token_query(options, name, timestamp=now - (options.token_ttl - life))


def token_query(options: Options, name: str, *, timestamp: int) -> dict[str, str]:
    """The anti-steal token of a file, made at this time."""
    token = anti_steal_token(_path(options, name), secret=str(options.token_secret), timestamp=timestamp)
    return {"token": token, "ts": str(timestamp)}


def _path(options: Options, name: str) -> str:
    """What a token is made of: of a file id what the web server makes it of, of a name all of it in the table."""
    return parse_file_id(name).path if is_file_id(name) else f"{getattr(options, 'location', '')}/{name}"


def refusal(options: Options, request: HttpRequest, name: str) -> HTTPStatus | None:
    """Why a request may not have a file; None when it may.

    The policy comes first. Where it leaves the decision to the URL, or there is none, a private
    file wants a signature and a `token_secret` a token; other files are everybody's.
    """
    if options.policy:
        try:
            allowed = _judged(options.policy, request, name)
        except (Http404, PermissionDenied):
            raise
        except Exception:
            logger.exception("The policy failed, so %s is not served.", name)
            return HTTPStatus.SERVICE_UNAVAILABLE
        if allowed is not None:
            return None if allowed else HTTPStatus.FORBIDDEN
    query = {key: str(value) for key, value in request.GET.items()}
    if options.private:
        return _signature_fault(options, name, query)
    if options.token_secret is None:
        return None
    return token_fault(_path(options, name), query, secret=options.token_secret, life=options.token_ttl)


def _judged(policy: str, request: HttpRequest, name: str) -> Any:
    verdict = import_string(policy)(request, name)
    # What is not awaited would count as yes.
    return async_to_sync(_awaited)(verdict) if isawaitable(verdict) else verdict


async def _awaited(verdict: Awaitable[Any]) -> Any:
    return await verdict


def _signer(options: Options) -> Signer:
    # Two storages may each have a "bill.pdf": the signature of one must not open the other's.
    return Signer(salt=f"{_SALT}:{getattr(options, 'location', '')}")


def _signature_fault(options: Options, name: str, query: dict[str, str]) -> HTTPStatus | None:
    expires, signature = query.get("expires", ""), query.get("signature")
    if not signature or not expires.isdecimal() or len(expires) > 20:
        return HTTPStatus.BAD_REQUEST
    try:
        # Not compared here: unsign knows SECRET_KEY_FALLBACKS too.
        _signer(options).unsign(f"{name}?{expires}:{signature}")
    except BadSignature:
        return HTTPStatus.FORBIDDEN
    return None if int(expires) >= time.time() else HTTPStatus.FORBIDDEN
