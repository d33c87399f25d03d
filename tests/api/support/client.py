"""An HTTP client that holds every exchange against the contract.

    answer = participant.post("/v1/smart/registrations", body)
    answer = participant.post("/v1/smart/registrations", body, expect=409, code="already_registered")
    answer = admin.patch(path, {"dietary_note": None}, etag=answer.etag)

A POST that takes an Idempotency-Key gets a new one unless `key` says otherwise (key=None: none).
"""
import json
import uuid

import requests
from requests.structures import CaseInsensitiveDict

from support.contract import Exchange, contract_from

FRESH = object()
TIMEOUT_S = 60


class Answer:
    def __init__(self, exchange, raw=None):
        self.exchange = exchange
        self.raw = raw
        self.status = exchange.status
        self.headers = exchange.headers
        self.body = exchange.body

    def __repr__(self):
        return f"<{self.exchange} {self.text[:1000]}>"

    @property
    def text(self):
        return self.exchange.text

    @property
    def json(self):
        return self.exchange.json()

    def __getitem__(self, name):
        """A member of the JSON body."""
        return self.json[name]

    @property
    def items(self):
        return self.json["items"]

    @property
    def etag(self):
        return self.headers.get("ETag")

    @property
    def code(self):
        """Of a problem."""
        return self.json.get("code")

    @property
    def faults(self):
        """Of a problem: pointer -> code."""
        return {fault["pointer"]: fault["code"] for fault in self.json.get("errors", [])}


class Api:
    """Speaks to one server with one token. Not for several threads: each takes a clone()."""

    def __init__(self, server, token=None, user=None, headers=None, base=None):
        self.server = server
        self.token = token
        self.user = user
        self.headers = headers or {}
        self.base = base or server.url
        self.session = requests.Session()
        self.session.trust_env = False

    def clone(self, server=None, token=FRESH, headers=None):
        """Another client, of the same principal unless `token` says otherwise."""
        return Api(server or self.server, self.token if token is FRESH else token, self.user,
                   {**self.headers, **(headers or {})})

    def close(self):
        self.session.close()

    @property
    def contract(self):
        if not hasattr(self.server, "contract"):
            document = self.session.get(f"{self.server.url}/openapi.json", timeout=TIMEOUT_S)
            self.server.contract = contract_from(document.text)
        return self.server.contract

    def _headers(self, method, path, headers, *, body, etag, none_match, key, now, language, accept,
                 dry_run, media):
        made = CaseInsensitiveDict(self.headers)
        if self.token:
            made["Authorization"] = f"Bearer {self.token}"
        optional = {"If-Match": etag, "If-None-Match": none_match, "X-Loft-Now": now,
                    "Accept-Language": language, "Accept": accept}
        made.update({name: value for name, value in optional.items() if value is not None})
        if dry_run:
            made["Prefer"] = "tx=rollback"
        if body is not None:
            made["Content-Type"] = media or ("application/merge-patch+json" if method == "PATCH"
                                             else "application/json")
        if key is FRESH:
            operation = self.contract.find(method, path.partition("?")[0])
            key = str(uuid.uuid4()) if operation and operation.accepts("Idempotency-Key") else None
        if key is not None:
            made["Idempotency-Key"] = key
        made.update(headers or {})
        return {name: value for name, value in made.items() if value is not None}

    def request(self, method, path, body=None, *, params=None, headers=None, etag=None,
                none_match=None, key=FRESH, now=None, language=None, accept=None, dry_run=False,
                media=None, expect=None, code=None, stream=False):
        """`body` is sent as JSON, bytes and str as they are. `expect` is the status that must come
        (default: any below 400), `code` that of the problem. A header of None is not sent. With
        `stream` nothing is read, and so nothing checked: the answer's `raw` is the caller's."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        made = self._headers(method, path, headers, body=body, etag=etag, none_match=none_match,
                             key=key, now=now, language=language, accept=accept, dry_run=dry_run,
                             media=media)
        raw = self.session.request(method, self.base + path, params=params, data=body, headers=made,
                                   timeout=TIMEOUT_S, stream=stream, allow_redirects=False)
        exchange = Exchange(method, raw.request.path_url, raw.request.headers, body,
                            raw.status_code, raw.headers, None if stream else raw.content)
        answer = Answer(exchange, raw)
        allowed = raw.status_code < 400 if expect is None else raw.status_code == expect
        assert allowed, f"expected {expect or 'success'}, got {answer!r}"
        if not stream:
            self.contract.check(exchange)
        assert code is None or answer.code == code, f"expected {code}, got {answer!r}"
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def options(self, path, **options):
        return self.request("OPTIONS", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def act(self, path, action, body=None, *, etag=FRESH, **options):
        """POST path/actions/action, with the ETag that the item has now unless one is given."""
        if etag is FRESH:
            etag = self.get(path).etag
        return self.post(f"{path}/actions/{action}", body, etag=etag, **options)

    def every(self, path, params=None, **options):
        """All items of a list, page by page."""
        items, params = [], dict(params or {})
        while True:
            page = self.get(path, params=params, **options)
            items += page.items
            if not page["next_cursor"]:
                return items
            params["cursor"] = page["next_cursor"]
