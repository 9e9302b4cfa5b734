"""Whose request it is."""

import ipaddress

import pytest
from dailyfresh_core.http.proxies import client_address, throttle_subject
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "address"),
    [
        ([], "203.0.113.9", "", "203.0.113.9"),
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "garbage", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, garbage", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, , ", "198.51.100.1"),
        (["10.0.0.0/8"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1:51234", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        (["10.0.0.0/8"], "10.0.0.1", "2001:db8::7", "2001:db8::7"),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["fe80::/10"], "fe80::1%eth0", "198.51.100.1", "198.51.100.1"),
        ([], "", "198.51.100.1", None),
        (["unix"], "", "198.51.100.1", "198.51.100.1"),
        (["unix"], "", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (["unix"], "", "", None),
        (["unix", "10.0.0.0/8"], "", "198.51.100.1, 10.0.0.7", "198.51.100.1"),
    ],
)
def test_only_what_the_sites_own_proxies_wrote_is_believed(trusted, remote, forwarded, address):
    assert client_address(remote, forwarded, trusted=trusted) == address


@given(st.text(max_size=60), st.text(max_size=120))
def test_no_header_breaks_it_and_what_comes_out_is_an_address(remote, forwarded):
    address = client_address(remote, forwarded, trusted=["0.0.0.0/0", "unix"])
    assert address is None or ipaddress.ip_address(address)
    assert len(throttle_subject(address)) <= 43


def test_subscribers_of_ipv6_are_counted_by_their_network():
    assert throttle_subject("2001:db8:1:2:3:4:5:6") == throttle_subject("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert throttle_subject("203.0.113.9") != throttle_subject("203.0.113.10")
    assert throttle_subject(None) == "unknown"
