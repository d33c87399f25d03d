"""Every exchange held against the contract that the server itself serves.

A request that was accepted must be one that the contract allows. Every answer must have a status, a
media type, headers and a body that the operation documents, every problem a code that it lists.
What was drawn is written down, one line each, for check_coverage.py.
"""
import datetime
import email.utils
import functools
import hashlib
import json
import os
import pathlib
import re
import urllib.parse
import uuid

import jsonschema

from support import run
from support.sheet import XLSX, columns_of

PROBLEM = "application/problem+json"
# Codes that the nature of an operation brings with it. Any other one of a 409 or 422 must be listed.
GENERAL = {
    409: {"idempotency_in_progress"},
    422: {"validation_failed", "idempotency_key_reused"},
}
# Headers that an answer must have when its operation documents them; others depend on the request.
ALWAYS = {"X-Request-Id", "Content-Language", "ETag", "Location", "WWW-Authenticate", "Retry-After"}

FORMATS = jsonschema.FormatChecker(formats=[])


@FORMATS.checks("uuid", raises=ValueError)
def _uuid(value):
    return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()


@FORMATS.checks("date", raises=ValueError)
def _date(value):
    return not isinstance(value, str) or bool(datetime.date.fromisoformat(value))


@FORMATS.checks("date-time", raises=ValueError)
def _date_time(value):
    if not isinstance(value, str):
        return True
    form = r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    found = re.fullmatch(form, value, re.ASCII)
    return bool(found) and bool(datetime.datetime.fromisoformat(found[1].upper()))


@FORMATS.checks("email")
def _email(value):
    return not isinstance(value, str) or "@" in email.utils.parseaddr(value)[1]


@FORMATS.checks("uri", raises=ValueError)
def _uri(value):
    return not isinstance(value, str) or bool(urllib.parse.urlsplit(value).scheme)


class ContractBroken(AssertionError):
    """The server did what its contract does not say, or not what it says."""


def media_type(value):
    return (value or "").split(";")[0].strip().lower()


class Operation:
    def __init__(self, contract, method, template, raw):
        self.contract = contract
        self.method = method
        self.template = template
        self.raw = raw
        self.id = raw["operationId"]
        self.parameters = [contract.resolve(p) for p in raw.get("parameters", [])]

    def parameter(self, place, name):
        for one in self.parameters:
            if one["in"] == place and (one["name"] == name if place != "header" else
                                       one["name"].lower() == name.lower()):
                return one
        return None

    def response(self, status):
        """The documented answer and, when it is shared, the name of its component."""
        raw = self.raw["responses"].get(str(status))
        if raw is None:
            return None, None
        shared = raw.get("$ref")
        return self.contract.resolve(raw), shared and shared.rsplit("/", 1)[1]

    def accepts(self, header):
        return self.parameter("header", header) is not None

    def path(self, value):
        """With this value for whatever the path names."""
        return re.sub(r"\{[^}]*\}", value, self.template)


class Contract:
    def __init__(self, document, recorded=True):
        """`recorded`: what is drawn counts for check_coverage.py."""
        self.document = document
        self.recorded = recorded
        self.resolver = jsonschema.RefResolver("", document)
        self.operations = [
            Operation(self, method.upper(), template, raw)
            for template, item in document["paths"].items() for method, raw in item.items()
            if method in ("get", "post", "put", "patch", "delete")]

    def resolve(self, node):
        while "$ref" in node:
            node = functools.reduce(lambda at, key: at[key], node["$ref"][2:].split("/"),
                                    self.document)
        return node

    @functools.cache
    def find(self, method, path):
        """The operation of a path; a literal segment wins over a parameter. None when there is none."""
        segments = path.strip("/").split("/")
        best = None
        for operation in self.operations:
            parts = operation.template.strip("/").split("/")
            if operation.method != ("GET" if method == "HEAD" else method):
                continue
            if len(parts) != len(segments):
                continue
            if not all(p.startswith("{") and s or p == s for p, s in zip(parts, segments)):
                continue
            literal = [not p.startswith("{") for p in parts]
            if best is None or literal > best[0]:
                best = (literal, operation)
        return best and best[1]

    def problems_of(self, operation):
        """(status, code) of every problem that the operation lists as its own."""
        return [(int(status), code) for status, raw in operation.raw["responses"].items()
                for code in raw.get("x-problems", [])]

    # ---- schemas ----

    def faults(self, schema, value, where):
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver,
                                                    format_checker=FORMATS)
        return [f"{where}{'/'.join(['', *map(str, fault.absolute_path)])}: {fault.message}"
                for fault in validator.iter_errors(value)]

    def item_schema(self, schema):
        """Of what a list holds, or None when the schema is not that of a list."""
        properties = self.resolve(schema).get("properties", {})
        items = properties.get("items") if "next_cursor" in properties else None
        return self.resolve(items["items"]) if items and "items" in items else None

    def narrowed(self, schema, fields):
        """The schema of an item of which only some members were asked for."""
        return {**schema, "required": [name for name in schema.get("required", [])
                                       if name in fields or name == "id"],
                "properties": {name: part for name, part in schema["properties"].items()
                               if name in fields or name == "id"}}

    # ---- one exchange ----

    def check(self, exchange):
        """Raises ContractBroken with everything that is wrong with this exchange."""
        operation = self.find(exchange.method, exchange.path)
        faults = (self.check_known(operation, exchange) if operation
                  else self.check_unknown(exchange))
        if faults:
            raise ContractBroken("\n".join([f"{exchange}", *faults, exchange.text[:2000]]))

    def check_unknown(self, exchange):
        """What no operation answers is a problem document, the answer to OPTIONS, or 304-like empty."""
        if exchange.method == "OPTIONS" and exchange.status == 204:
            return []
        return self.check_problem(exchange, {"$ref": "#/components/schemas/Problem"}, None)

    def check_known(self, operation, exchange):
        response, component = operation.response(exchange.status)
        code = None
        if exchange.is_json(PROBLEM) and exchange.body:
            code = exchange.json().get("code")
        if self.recorded:
            record(operation.id, exchange.status, code, component)
        if response is None:
            return [f"status {exchange.status} is not documented for {operation.id}"]
        faults = self.check_headers(response, exchange)
        faults += self.check_body(operation, response, exchange)
        if exchange.status < 400:
            faults += self.check_request(operation, exchange)
        return faults

    def check_headers(self, response, exchange):
        faults = []
        for name, raw in response.get("headers", {}).items():
            value = exchange.headers.get(name)
            if value is None:
                if name in ALWAYS:
                    faults.append(f"header {name} is missing")
                continue
            schema = self.resolve(raw)["schema"]
            if schema.get("type") == "integer":
                value = int(value) if re.fullmatch(r"-?\d+", value) else value
            faults += self.faults(schema, value, f"header {name}")
        if "X-Request-Id" not in exchange.headers:
            faults.append("header X-Request-Id is missing")
        return faults

    def check_body(self, operation, response, exchange):
        content = response.get("content", {})
        if exchange.method == "HEAD":
            return ["HEAD has a body"] if exchange.body else []
        if not content:
            return ["a body where none is documented"] if exchange.body else []
        found = media_type(exchange.headers.get("Content-Type"))
        if found not in content:
            return [f"Content-Type {found!r} is not documented ({', '.join(content)})"]
        schema = content[found].get("schema", {})
        if found == PROBLEM:
            listed = operation.raw["responses"][str(exchange.status)].get("x-problems", [])
            return self.check_problem(exchange, schema, set(listed))
        if found == "application/json":
            return self.check_json(schema, exchange)
        if found in ("application/x-ndjson", "text/csv", XLSX) and "application/json" in content:
            return self.check_rows(content["application/json"]["schema"], exchange, found)
        return []

    def check_json(self, schema, exchange):
        value, fields = exchange.json(), exchange.fields()
        if fields is None:
            return self.faults(schema, value, "body")
        item = self.item_schema(schema)
        if item is None:
            return self.faults(self.narrowed(self.resolve(schema), fields), value, "body")
        narrowed = self.narrowed(item, fields)
        return [fault for i, one in enumerate(value["items"])
                for fault in self.faults(narrowed, one, f"body/items/{i}")]

    def check_rows(self, list_schema, exchange, media):
        item = self.item_schema(list_schema)
        fields = exchange.fields()
        if fields is not None:
            item = self.narrowed(item, fields)
        if media == "application/x-ndjson":
            return [fault for i, line in enumerate(exchange.body.decode().splitlines())
                    for fault in self.faults(item, json.loads(line), f"line {i + 1}")]
        if media == XLSX:
            names = columns_of(exchange.body)
        else:
            names = re.split("[,;]", exchange.body.decode("utf-8-sig").splitlines()[0])
        strange = [name for name in names if name not in item["properties"]]
        missing = [name for name in item["required"] if name not in names]
        return [f"columns: {strange} not documented, {missing} missing"] if strange or missing else []

    def check_problem(self, exchange, schema, listed):
        if exchange.method == "HEAD":
            return []
        if not exchange.is_json(PROBLEM):
            return [f"status {exchange.status} has {exchange.headers.get('Content-Type')!r}"]
        problem = exchange.json()
        faults = self.faults(schema, problem, "problem")
        if problem.get("status") != exchange.status:
            faults.append(f"status in the problem is {problem.get('status')}")
        if problem.get("type") != f"/problems/{problem.get('code')}":
            faults.append(f"type {problem.get('type')!r} is not that of the code")
        if problem.get("request_id") != exchange.headers.get("X-Request-Id"):
            faults.append("request_id is not X-Request-Id")
        allowed = GENERAL.get(exchange.status)
        if allowed and listed is not None and problem.get("code") not in allowed | listed:
            faults.append(f"{exchange.status} {problem.get('code')} is not listed in x-problems")
        return faults

    def check_request(self, operation, exchange):
        """Only of requests that were accepted."""
        faults = []
        for name, text in exchange.query():
            parameter = operation.parameter("query", name)
            if parameter is None:
                faults.append(f"undeclared query parameter {name} was accepted")
                continue
            faults += self.faults(parameter["schema"], self.parse(parameter["schema"], text),
                                  f"accepted ?{name}")
        for parameter in operation.parameters:
            value = exchange.request_headers.get(parameter["name"])
            if parameter["in"] != "header":
                continue
            if value is not None:
                faults += self.faults(parameter["schema"], value, f"accepted {parameter['name']}")
            elif parameter.get("required"):
                faults.append(f"accepted without {parameter['name']}")
        return faults + self.check_request_body(operation, exchange)

    def parse(self, schema, text):
        schema = self.resolve(schema)
        if schema.get("type") == "integer":
            return int(text) if re.fullmatch(r"-?\d+", text) else text
        if schema.get("type") == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if schema.get("type") == "array":
            return [self.parse(schema["items"], piece) for piece in text.split(",")]
        return text

    def check_request_body(self, operation, exchange):
        declared = self.resolve(operation.raw.get("requestBody", {}))
        if not exchange.request_body:
            return ["accepted without a body"] if declared.get("required") else []
        if not declared:
            return ["a body was accepted that is not declared"]
        found = media_type(exchange.request_headers.get("Content-Type"))
        if found not in declared["content"]:
            return [f"accepted with Content-Type {found!r}"]
        schema = self.resolve(declared["content"][found]["schema"])
        if schema.get("type") == "string":
            return []  # bytes that no schema describes
        if found == "application/x-www-form-urlencoded":
            pairs = dict(urllib.parse.parse_qsl(exchange.request_body.decode()))
            known = {name: value for name, value in pairs.items() if name in schema["properties"]}
            return self.faults(schema, known, "accepted body")  # RFC 6749 3.2: others are ignored
        value = json.loads(exchange.request_body)
        if found == "application/merge-patch+json":  # null removes a member, also of a map
            value = {name: ({k: v for k, v in member.items() if v is not None}
                            if isinstance(member, dict) else member)
                     for name, member in value.items()}
        return self.faults(schema, value, "accepted body")


class Exchange:
    """One request and its answer. Headers are case-insensitive mappings, bodies bytes."""

    def __init__(self, method, target, request_headers, request_body, status, headers, body):
        self.method = method
        self.target = target
        self.path = urllib.parse.unquote(target.partition("?")[0])
        self.request_headers = request_headers
        self.request_body = request_body or b""
        self.status = status
        self.headers = headers
        self.body = body or b""

    def __str__(self):
        return f"{self.method} {self.target} -> {self.status}"

    @property
    def text(self):
        return self.body.decode(errors="backslashreplace")

    def json(self):
        return json.loads(self.body)

    def is_json(self, media):
        return media_type(self.headers.get("Content-Type")) == media

    def query(self):
        return urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    def fields(self):
        """What `fields` and `embed` ask for, or None without `fields`."""
        query = dict(self.query())
        found = query.get("fields")
        return found.split(",") + query.get("embed", "").split(",") if found else None


# ---- what was drawn ----

def records_directory():
    """LOFT_EXCHANGES, so that check_coverage.py finds them afterwards; else they go with the run."""
    path = pathlib.Path(os.environ.get("LOFT_EXCHANGES") or run.directory() / "exchanges")
    path.mkdir(parents=True, exist_ok=True)
    return path


@functools.cache
def record(operation, status, code, component):
    """Written once for each process."""
    line = json.dumps({"operation": operation, "status": status, "code": code,
                       "component": component})
    with open(records_directory() / f"{run.worker()}-{os.getpid()}.jsonl", "a") as file:
        file.write(line + "\n")


@functools.cache
def _parsed(digest, text):
    contract = Contract(json.loads(text))
    draft = records_directory() / f".contract-{run.worker()}-{os.getpid()}"
    draft.write_text(text)
    draft.rename(records_directory() / "contract.json")
    return contract


def contract_from(text):
    """The contract in these words of a server; parsed once."""
    return _parsed(hashlib.sha256(text.encode()).hexdigest(), text)
