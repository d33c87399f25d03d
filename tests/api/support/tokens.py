"""Tokens of the demo principals as `loft token` makes them, and tokens made by hand."""
import base64
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from support.cluster import ISSUER

AUDIENCE = "loft"
SCOPES = ("registry:read registry:write smart:read smart:write smart:register smart:contact "
          "smart:sensitive grants:read grants:write audit:read admin:write")


def b64url(data):
    if isinstance(data, (dict, list)):
        data = json.dumps(data, separators=(",", ":"))
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(token):
    return json.loads(unb64url(token.split(".")[1]))


def header_of(token):
    return json.loads(unb64url(token.split(".")[0]))


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def write_key(directory, kid, key):
    """Puts a private key where the service finds it, whole at once, and not open to everybody."""
    draft = directory / f".{kid}"
    draft.write_bytes(key.private_bytes(serialization.Encoding.PEM,
                                        serialization.PrivateFormat.PKCS8,
                                        serialization.NoEncryption()))
    draft.chmod(0o600)
    draft.rename(directory / f"{kid}.pem")


def es256(key, message):
    """A JWS signature: r and s, 32 bytes each."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Tokens:
    """tokens["participant"] is what `loft token participant` printed. sign() makes any other one
    with the service's own key, so that a test may have as many people as it wants."""

    def __init__(self, cluster):
        self.directory = cluster.keys
        self.demo = json.loads(cluster.tokens_file.read_text())
        self.kid, self.key = self._newest()

    def _newest(self):
        path = max(self.directory.glob("*.pem"), key=lambda p: p.stat().st_mtime_ns)
        return path.stem, serialization.load_pem_private_key(path.read_bytes(), None)

    def __getitem__(self, name):
        return self.demo[name]

    def claims(self, subject, client_id="loft", scope=SCOPES, lifetime_s=3600, **changes):
        """Sound claims. A change to None takes a claim away."""
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "client_id": client_id,
                  "scope": scope, "jti": uuid.uuid4().hex, "iat": now, "exp": now + lifetime_s,
                  **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def assemble(self, claims, header=None, key=None, signature=None):
        """A token of these claims; the header's defaults are the service's own."""
        header = {"alg": "ES256", "typ": "JWT", "kid": self.kid, **(header or {})}
        header = {name: value for name, value in header.items() if value is not None}
        message = f"{b64url(header)}.{b64url(claims)}"
        if signature is None:
            signature = es256(key or self.key, message.encode())
        return f"{message}.{b64url(signature)}"

    def sign(self, subject, **claims):
        """A sound token of a person, or of a client when client_id is the subject."""
        return self.assemble(self.claims(subject, **claims))
