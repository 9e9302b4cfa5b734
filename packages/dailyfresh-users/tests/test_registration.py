from conftest import ADDRESS, PASSWORD, link_of, register, url
from dailyfresh_users import models
from django.core import mail


def test_a_visitor_registers_activates_signs_in_and_leaves(client, db, commit):
    with commit():
        assert register(client).url == url("resend")
    assert "lin@example.com" in client.get(url("resend")).content.decode()
    link = link_of(mail.outbox[0])
    assert client.get(link).status_code == 200
    assert "Welcome" in client.post(link).content.decode()
    assert client.post(link).status_code == 410
    response = client.post(url("login"), {"username": "lin@example.com", "password": PASSWORD})
    assert response.url == url("profile")
    for name in ("profile", "addresses", "security", "password_change", "erase", "export", "logout", "visitor"):
        assert client.get(url(name)).status_code == 200, name
    assert client.post(url("address_add"), ADDRESS).status_code == 302
    assert models.Address.objects.get().is_default
    client.post(url("logout"))
    assert not models.UserSession.objects.exists()
