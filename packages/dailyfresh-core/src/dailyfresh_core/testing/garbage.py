"""Words, headers and bodies that no honest client sends. What every web server refuses (a NUL in a header, a length that is no number) is not among them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from .samples import ADDRESSES, BROKEN, CODINGS, COOKIES, DATES, FORWARDED, HOSTS, KINDS, RANGES, TAGS, TYPES, WORDS

Pairs = Sequence[tuple[str, str]]

words: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(WORDS), st.text(max_size=30), st.text("0123456789-:., TZ", max_size=20)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text("01abc.:\n草", max_size=9),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("01ab:", max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)
numbers: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(["0", "1", "2", "007", "9" * 18, "9" * 19, "9" * 40, "9" * 4400]), st.integers(0, 2**70).map(str)
)
paths: st.SearchStrategy[str] = st.lists(words, max_size=4).map(lambda parts: "/" + "/".join(parts))
methods: st.SearchStrategy[str] = st.sampled_from(
    ["GET"] * 6 + ["POST"] * 6 + ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get"]
)
queries: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(["&&==&", "%", "%zz=%", "a[]=1&a[0]=2", "=" * 50, "&".join(f"p{n}=1" for n in range(1200))]),
    st.binary(max_size=30).map(lambda data: quote(data, safe="=&%+;")),
)


def _header(values: Sequence[str]) -> st.SearchStrategy[str]:
    latin = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n\0"), max_size=30)
    return st.one_of(st.sampled_from(values), st.sampled_from(values), latin)


headers: st.SearchStrategy[dict[str, str]] = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_REFERER": _header(ADDRESSES),
        "HTTP_ORIGIN": _header(ADDRESSES),
        "HTTP_HOST": st.one_of(st.just("testserver"), st.just("testserver"), _header(HOSTS)),
        "HTTP_ACCEPT": _header(TYPES),
        "HTTP_ACCEPT_ENCODING": _header(CODINGS),
        "HTTP_ACCEPT_LANGUAGE": _header(
            ["zh-hans", "en;q=0", "xx-" + "y" * 600, "*;q=9", ",,", "zh_CN.UTF-8", "en;q=" + "1" * 300]
        ),
        "HTTP_IF_MODIFIED_SINCE": _header(DATES),
        "HTTP_IF_UNMODIFIED_SINCE": _header(DATES),
        "HTTP_IF_NONE_MATCH": _header(TAGS),
        "HTTP_IF_MATCH": _header(TAGS),
        "HTTP_IF_RANGE": _header([*TAGS, *DATES]),
        "HTTP_RANGE": _header(RANGES),
        "HTTP_COOKIE": _header(COOKIES),
        "HTTP_X_FORWARDED_FOR": _header(FORWARDED),
        "HTTP_X_FORWARDED_PROTO": _header(["https", "http", "ws", ""]),
        "HTTP_X_REQUESTED_WITH": st.just("XMLHttpRequest"),
        "HTTP_X_CSRFTOKEN": _header(["a" * 32, "a" * 64, "\xff"]),
        "HTTP_USER_AGENT": _header(["", "a" * 5000, "\xf0\x9f\x92\xa3"]),
        "HTTP_SEC_FETCH_SITE": _header(["cross-site", "same-origin", "none"]),
        "HTTP_CONTENT_ENCODING": _header(["gzip", "identity"]),
        "CONTENT_LENGTH": st.sampled_from(["0", "1", "", "99999999999"]),
        "REMOTE_ADDR": _header(["", "unix:", "::1", "::ffff:10.0.0.1", "not an address"]),
    },
)


def urlencoded(pairs: Pairs) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


def multipart(pairs: Pairs, boundary: str = "XX") -> bytes:
    """Every second field is a file of that name."""
    parts = []
    for number, (name, value) in enumerate(pairs):
        file = f'; filename="{name}.png"\r\nContent-Type: image/png' if number % 2 else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'
        parts.append(head.encode("utf-8", "surrogatepass"))
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def bodies(pairs: st.SearchStrategy[Pairs]) -> st.SearchStrategy[tuple[bytes, str | None]]:
    """(body, its Content-Type)"""
    form = pairs.map(lambda found: (urlencoded(found).encode(), "application/x-www-form-urlencoded"))
    parts = pairs.map(lambda found: (multipart(found), "multipart/form-data; boundary=XX"))
    broken = st.tuples(st.one_of(st.sampled_from(BROKEN), st.binary(max_size=200)), st.sampled_from(KINDS))
    other = st.tuples(pairs.map(lambda found: urlencoded(found).encode()), st.sampled_from(KINDS))
    return st.one_of(form, form, parts, broken, other)
