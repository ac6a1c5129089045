"""Issues a token as your backend does after its own sign-in: signed with the secret of the gateways (HS256).

    HEXFLEET_JWT_SECRET=... python3 issue_token.py driver guido '{"fleet": "blue"}'
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import time


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def issue_token(role: str, user_id: str, **claims) -> str:
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT"}
    payload = {**claims, "sub": user_id, "role": role, "iat": now, "exp": now + 3600}
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, payload))
    secret = os.environ["HEXFLEET_JWT_SECRET"].encode()
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{encode(signature)}"


role, user_id, *claims = sys.argv[1:]
print(issue_token(role, user_id, **json.loads(claims[0] if claims else "{}")))
