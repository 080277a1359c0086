"""Who made a backup: the operator's Ed25519 key, by which the manifest of an archive is signed.

Whoever can write where backups lie can write one that is whole; only who has the key can sign it. The private key is a
file (BACKUP_KEY); the public one is 64 hexadecimal digits, to be noted where it outlives the server.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

PURPOSE = b"sdgplan backup\n"  # what is signed for something else is no signature of a backup


class KeyFault(Exception):
    """Why the operator's key cannot be had, in words for the administrator."""


def public_key_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def operators_key() -> Ed25519PrivateKey | None:
    """The key of this system; None where there is none yet. Raises KeyFault."""
    path = Path(settings.BACKUP_KEY)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyFault(f"백업 서명 키를 읽지 못했습니다: {path} ({error.strerror})") from error
    except (ValueError, TypeError) as error:
        raise KeyFault(f"백업 서명 키 파일이 아닙니다: {path}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"백업 서명 키가 Ed25519 키가 아닙니다: {path}")
    return key


def make_key() -> Ed25519PrivateKey:
    """Make the key of this system, in a file that only its owner can read. Raises KeyFault, also where there is one."""
    path, key = Path(settings.BACKUP_KEY), Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise KeyFault(f"백업 서명 키가 이미 있습니다: {path}") from error
    except OSError as error:
        raise KeyFault(
            f"백업 서명 키를 만들지 못했습니다: {path} ({error.strerror}). BACKUP_KEY에 쓸 수 있는 자리를 적거나, "
            "쓸 수 있는 사용자로 manage.py backup_key를 실행해 주십시오."
        ) from error
    return key


def seal(content: bytes, digest: str, key: Ed25519PrivateKey) -> bytes:
    """The mark of an archive: SHA-256 of its manifest, the public key, and the signature."""
    return f"{digest} {public_key_of(key)} {key.sign(PURPOSE + content).hex()}".encode()


def signer_of(content: bytes, mark: list[bytes]) -> str | None:
    """The public key by which a manifest is rightly signed; None for one that is not signed, or not by that key.

    *mark* is what stands behind the digest.
    """
    try:
        key, signature = (bytes.fromhex(part.decode("ascii")) for part in mark)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, PURPOSE + content)
    except (ValueError, InvalidSignature):
        return None
    return key.hex()
