"""The simulator's own keys, made at its first run, and signatures as Alipay makes them (RSA2)."""

import base64
import binascii
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

APP_ID = "9021000000000001"
SELLER_ID = "2088000000000001"

APP_PRIVATE = "app_private_key.pem"
APP_PUBLIC = "app_public_key.pem"
ALIPAY_PRIVATE = "alipay_private_key.pem"
ALIPAY_PUBLIC = "alipay_public_key.pem"


class Keys:
    """The key pair of the pretended Alipay, and the public key of the one application it serves."""

    def __init__(self, folder: Path) -> None:
        ensure_keys(folder)
        private = serialization.load_pem_private_key(
            (folder / ALIPAY_PRIVATE).read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
        )
        public = serialization.load_pem_public_key((folder / APP_PUBLIC).read_bytes())
        if not (isinstance(private, rsa.RSAPrivateKey) and isinstance(public, rsa.RSAPublicKey)):
            raise ValueError(f"The keys in {folder} are no RSA keys")
        self._private = private
        self._app_public = public

    def sign(self, text: str) -> str:
        return self.signed_by(self._private, text)

    @staticmethod
    def signed_by(private: rsa.RSAPrivateKey, text: str) -> str:
        return base64.b64encode(private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def is_from_app(self, params: Mapping[str, str]) -> bool:
        """Whether the application signed these parameters: all but `sign` and empty ones, sorted."""
        try:
            signature = base64.b64decode(params.get("sign", ""), validate=True)
            self._app_public.verify(
                signature, signed_text(params, leave_out={"sign"}).encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def signed_text(params: Mapping[str, str], *, leave_out: set[str]) -> str:
    """Sorted k=v joined by &: requests leave out `sign`, notifies and returns leave out `sign_type` too."""
    return "&".join(f"{key}={params[key]}" for key in sorted(params) if key not in leave_out and params[key])


def ensure_keys(folder: Path) -> None:
    """Make both pairs unless they are there; several processes may do so at once, and all read the same keys after."""
    folder.mkdir(parents=True, exist_ok=True)
    for private_name, public_name in ((APP_PRIVATE, APP_PUBLIC), (ALIPAY_PRIVATE, ALIPAY_PUBLIC)):
        private_file = folder / private_name
        if not private_file.exists():
            made = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _write_once(private_file, made)
        if not (folder / public_name).exists():
            private = serialization.load_pem_private_key(private_file.read_bytes(), password=None)
            public = private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            _write_once(folder / public_name, public)


def _write_once(file: Path, content: bytes) -> None:
    """Create the file whole, for its owner only; the first of several writers wins."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        try:
            os.link(name, file)
        except FileExistsError:
            return
    finally:
        os.unlink(name)
