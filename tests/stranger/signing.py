"""Ed25519 without room for opinion (docs/log.md section 2), ML-DSA-65, thumbprints."""
import functools
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

from canonical import base64url

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)


def sha256(data):
    return hashlib.sha256(data).digest()


def point(encoded):
    """Affine coordinates, or None for what is not the canonical encoding of a point."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= PRIME:
        return None
    numerator, denominator = (y * y - 1) % PRIME, (CURVE * y * y + 1) % PRIME
    square = numerator * pow(denominator, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if x * x % PRIME != square or (x == 0 and sign):
        return None
    return (PRIME - x if x & 1 != sign else x), y


def double(x, y, z):
    """Twice the point (x/z, y/z), RFC 8032 section 5.1.4."""
    a, b = x * x % PRIME, y * y % PRIME
    h, g = a + b, a - b
    e, f = h - (x + y) ** 2, 2 * z * z + g
    return e * f % PRIME, g * h % PRIME, f * g % PRIME


@functools.lru_cache(4096)
def sound(encoded):
    """Is this the canonical encoding of a point that is not of small order?"""
    at = point(encoded)
    if at is None:
        return False
    x, y, z = double(*double(*double(*at, 1)))
    return x != 0 or y != z


@functools.lru_cache(4096)
def ed25519(key, message, signature):
    """Verifies; the library does the equation without cofactor, the rest is refused here."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    if not sound(key) or not sound(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@functools.lru_cache(1024)
def ml_dsa_65(key, message, signature):
    if len(signature) != 3309:
        return False
    try:
        MLDSA65PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def ed25519_thumbprint(key):
    return sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{base64url(key)}"}}'.encode())


def ml_dsa_65_thumbprint(key):
    return sha256(f'{{"alg":"ML-DSA-65","kty":"AKP","pub":"{base64url(key)}"}}'.encode())


def seed_scalar(seed):
    """The scalar of RFC 8032 section 5.1.5; for makers of strange signatures, not for verifiers."""
    number = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return number & ((1 << 254) - 8) | 1 << 254
