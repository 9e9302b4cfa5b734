"""RSA keys in every shape that Alipay's key tool and environment variables give them, as clean PEM."""

import base64
import binascii
import re
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Key = TypeVar("Key", rsa.RSAPrivateKey, rsa.RSAPublicKey)
BITS = 2048
"""The least that RSA2 allows."""


class BadKey(ValueError):
    """A key that cannot be used; the message says why and never shows the key."""


def read_key(value: str | None, file: str | Path | None, *, what: str) -> str:
    """The text of a key given inline or as a file."""
    if value and file:
        raise BadKey(f"{what}: give the text or the file, not both")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadKey(f"{what}: {file} cannot be read") from error
    if not value:
        raise BadKey(f"{what} is missing")
    return value


def _der(text: str, what: str) -> bytes:
    # "\n" as two characters comes from environment variables, the byte order mark from Windows editors.
    plain = text.replace("\\n", "\n").replace("\ufeff", "")
    body = re.sub(r"-----(?:BEGIN|END)[^-]*-----|\s", "", plain)
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey(f"{what} is not base64") from error


def private_key(text: str, *, what: str = "The private key") -> rsa.RSAPrivateKey:
    """An RSA private key from PEM or bare base64, PKCS#1 or PKCS#8, with or without line breaks."""
    der = _der(text, what)
    try:
        key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError) as error:
        if _is_public(der):
            raise BadKey(f"{what} is a public key") from error
        raise BadKey(f"{what} is no RSA private key") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadKey(f"{what} is no RSA private key")
    return _long_enough(key, what)


def public_key(text: str, *, what: str = "The public key") -> rsa.RSAPublicKey:
    """An RSA public key from PEM or bare base64; a private key is refused, not silently halved."""
    der = _der(text, what)
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{what} is no RSA public key") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey(f"{what} is no RSA public key")
    return _long_enough(key, what)


def _is_public(der: bytes) -> bool:
    try:
        serialization.load_der_public_key(der)
    except (ValueError, TypeError):
        return False
    return True


def _long_enough(key: Key, what: str) -> Key:
    if key.key_size < BITS:
        raise BadKey(f"{what} has {key.key_size} bits, RSA2 needs {BITS}")
    return key


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def key_pair(app_private_key: str, alipay_public_key: str) -> tuple[str, str]:
    """Both keys of an application as PEM.

    Two halves of one pair are refused: it is the classic mistake to paste one's own public key where Alipay's belongs.
    """
    ours = private_key(app_private_key, what="app_private_key")
    theirs = public_key(alipay_public_key, what="alipay_public_key")
    if ours.public_key().public_numbers() == theirs.public_numbers():
        raise BadKey("alipay_public_key is the application's own public key; Alipay's own one belongs here")
    return private_pem(ours), public_pem(theirs)
