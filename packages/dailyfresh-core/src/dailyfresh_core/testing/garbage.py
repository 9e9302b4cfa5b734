"""Words, headers and bodies that no honest client sends. What every web server refuses (a NUL in a header, a length that is no number) is not among them."""

from collections.abc import Sequence
from urllib.parse import quote

from hypothesis import strategies as st

Pairs = Sequence[tuple[str, str]]

WORDS = [
    *("", " ", "0", "1", "-1", "+1", "01", "１", "٣", "1.5", "1e9", "1e400", "NaN", "Infinity", "-0", "0x10", "9" * 19),
    *("9" * 40, "9" * 5000, "99999", "2147483648", "9223372036854775808", "true", "null", "None", "[]", "{}"),
    *(
        "\x00",
        "a\x00b",
        "\x1f",
        "\r\nSet-Cookie: a=b",
        "\ud800",
        "\ufeff",
        "\u202e",
        "💣",
        "草莓" * 200,
        "a" * 300,
        "a" * 5000,
    ),
    *("0001-01-01", "0001-01-01T00:00:00", "9999-12-31 23:59:59", "99999-01-01", "2026-02-30", "2026-W60", "24:61"),
    *(
        "http://[::1",
        "//evil.example",
        "http://user@[::1]:99999/",
        "javascript:1",
        "\\\\evil",
        "../../etc/passwd",
        "%",
        "%00",
        "%ff",
    ),
    *(
        "'",
        '"',
        "<script>",
        "{{ 1 }}",
        "%s%s%n",
        "a:b:c",
        ":",
        "a,b",
        ",",
        "1,1",
        "1:1",
        "1:",
        ":1",
        "_",
        "__class__",
        "a b",
    ),
    *(
        "(((((",
        "*" * 60,
        "AND OR NOT",
        '"' * 9,
        "a~9",
        "[1 TO 2]",
        "草" * 5000,
        "=?utf-8?q?=00?=",
        "e30",
        "e30:1abc:xyz",
    ),
]
words = st.one_of(st.sampled_from(WORDS), st.text(max_size=30), st.text("0123456789-:., TZ", max_size=20))
json_values = st.recursive(
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
numbers = st.one_of(
    st.sampled_from(["0", "1", "2", "007", "9" * 18, "9" * 19, "9" * 40, "9" * 4400]), st.integers(0, 2**70).map(str)
)
paths = st.lists(words, max_size=4).map(lambda parts: "/" + "/".join(parts))
methods = st.sampled_from(
    ["GET"] * 6 + ["POST"] * 6 + ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get"]
)
queries = st.one_of(
    st.sampled_from(["&&==&", "%", "%zz=%", "a[]=1&a[0]=2", "=" * 50, "&".join(f"p{n}=1" for n in range(1200))]),
    st.binary(max_size=30).map(lambda data: quote(data, safe="=&%+;")),
)

DATES = [
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Fri, 31 Dec 99999 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "now",
    "0",
]
TYPES = [
    "text/html",
    "application/json",
    "*/*",
    "text/html;q=abc",
    ",",
    "a/b;q=2;",
    "application/json;q=0",
    ";" * 30,
    "x" * 3000,
    "text/html\xff",
]
CODINGS = [
    "gzip",
    "gzip;q=0",
    "br;q=1e9",
    "*;q=0",
    "identity;q=0, *;q=0",
    "gzip, br",
    ",;,",
    "gzip;q=",
    "zstd",
    "deflate;q=nan",
]
ADDRESSES = [
    "http://[::1",
    "http://testserver/",
    "https://testserver/a?b",
    "null",
    "",
    "//",
    "http://\x80",
    "http://testserver:port/",
    "ftp://[",
    "http://testserver\\@evil/",
]
HOSTS = [
    "testserver",
    "evil.example",
    "[::1",
    "testserver:99999",
    "testserver:a",
    "",
    "a" * 300,
    "te\xffst",
    "testserver,evil",
    "127.0.0.1",
]
RANGES = [
    "bytes=0-0",
    "bytes=-1",
    "bytes=5-1",
    "bytes=0-9,20-29",
    "bytes=" + "9" * 30 + "-",
    "bytes=a-b",
    "bytes=",
    "lines=1-2",
    "bytes=٣-٤",
    "bytes=0-" * 100,
]
TAGS = ['"a"', 'W/"a"', "*", '"', "a,b,,", '"' * 99, 'W/"\xff"']
FORWARDED = [
    "127.0.0.1",
    "::1",
    "fe80::1%eth0",
    "1.2.3.4, 5.6.7.8",
    "unknown",
    "1" * 300,
    "[::1",
    "999.1.1.1",
    ",,,",
    "10.0.0.1:70000",
]
COOKIES = [
    *("sessionid=", "sessionid=" + "a" * 5000, "csrftoken=a", "csrftoken=" + "a" * 32, "csrftoken=" + "a" * 64),
    *(
        "messages=a",
        "messages=[[]]",
        "messages=W10:1abc:xyz",
        "dailyfresh_cart=a",
        "dailyfresh_cart=a:b:c",
        "df-visitor=\xff",
        "django_language=\x01",
    ),
    *(
        "django_language=" + "a" * 600,
        ";;;",
        "=",
        "a=b; a=c",
        '"a=b',
        "a=\\303",
        "$Version=1; a=b",
        "; ".join(f"c{n}=1" for n in range(200)),
    ),
]


def _header(values: Sequence[str]) -> st.SearchStrategy[str]:
    latin = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n\0"), max_size=30)
    return st.one_of(st.sampled_from(values), st.sampled_from(values), latin)


headers = st.fixed_dictionaries(
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


KINDS = [
    *(
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=XX",
        "multipart/form-data; boundary=\xff",
    ),
    *(
        "multipart/mixed; boundary=XX",
        "multipart/form-data; boundary=" + "X" * 300,
        "multipart/form-data; boundary=XX; charset=utf-7",
    ),
    *(
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=nosuch",
    ),
    *(
        "application/json",
        "application/json; charset=a b",
        "text/plain; charset=utf-8;;=",
        "a",
        ";",
        "application/octet-stream",
        "x" * 3000,
    ),
]
BROKEN = [
    *(
        b"garbage",
        b"--XX\r\n",
        b"--XX--",
        b"--XX\r\nContent-Disposition: form-data\r\n\r\n",
        b"--XX\r\n" * 500,
        b"\x00" * 100,
    ),
    b'--XX\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--XX--\r\n',
    b"--XX\r\nContent-Disposition: form-data; name*=utf-8''%ff; filename*=x''%00\r\n\r\na\r\n--XX--\r\n",
    b'--XX\r\nContent-Disposition: form-data; name="image"; filename="../a\x00.png"\r\nContent-Type: a/b; charset=x\r\n\r\n\x89PNG\r\n--XX--',
    *(
        b"&".join(b"p%d=1" % n for n in range(1100)),
        b"%",
        b"=%zz&%00=%00",
        b"[" * 3000,
        b'{"a": NaN}',
        b"\xff\xfe" * 20,
    ),
]


def bodies(pairs: st.SearchStrategy[Pairs]) -> st.SearchStrategy[tuple[bytes, str | None]]:
    """(body, its Content-Type)"""
    form = pairs.map(lambda found: (urlencoded(found).encode(), "application/x-www-form-urlencoded"))
    parts = pairs.map(lambda found: (multipart(found), "multipart/form-data; boundary=XX"))
    broken = st.tuples(st.one_of(st.sampled_from(BROKEN), st.binary(max_size=200)), st.sampled_from(KINDS))
    other = st.tuples(pairs.map(lambda found: urlencoded(found).encode()), st.sampled_from(KINDS))
    return st.one_of(form, form, parts, broken, other)
