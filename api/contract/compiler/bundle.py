"""The bundle: one OpenAPI document for clients, with what follows from the nature of each operation
written out (problems, headers, formats of lists, examples)."""
import json
import re

import yaml

from operation import MEDIA, METHODS
from problems import ARGUMENT
from schema import example_of

# For the compiler alone. x-permission, x-problems and x-restricted tell the reader something.
INTERNAL = {"x-statement", "x-handler", "x-input", "x-header", "x-list", "x-parent",
            "x-transitions", "x-flatten", "x-location", "x-answer", "x-unlogged", "x-detached", "x-monitoring",
            "x-open", "x-once", "x-embed", "x-items", "x-body", "x-body-max"}
COMPONENTS = ["securitySchemes", "parameters", "headers", "responses", "schemas"]
PROBLEM_TYPE = "/problems/"
# Parameters whose words are those of the operation.
NARROWED = {"Sort", "Fields", "Embed"}
LIST_FORMATS = {
    "text/csv": "One row per item, RFC 4180, every page at once. Ask for `text/csv;excel=no` to "
                "get semicolons and a byte order mark, as a Norwegian Excel wants it.",
    "application/x-ndjson": "One JSON object per line, every page at once.",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
        "A spreadsheet, every page at once. Numbers, days and instants are typed cells, instants as "
        "clocks in Norway show them; everything else is text.",
}
BYTES = {"type": "string", "format": "binary"}
RESPONSES = {
    "304": "NotModified",
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "406": "NotAcceptable",
    "409": "Conflict",
    "412": "PreconditionFailed",
    "413": "ContentTooLarge",
    "415": "UnsupportedMediaType",
    "416": "RangeNotSatisfiable",
    "422": "UnprocessableContent",
    "428": "PreconditionRequired",
    "429": "TooManyRequests",
    "500": "InternalError",
    "503": "ServiceUnavailable",
}


class Bundler:
    def __init__(self, reader):
        self.reader = reader
        self.sources = reader.sources
        self.report = reader.report
        self.problems = reader.problems
        self.lifted = {kind: {} for kind in COMPONENTS}
        self.origins = {}

    def bundle(self):
        document = self.reader.document
        by_path = {}
        for operation in self.reader.operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        result = {key: document[key] for key in ("openapi", "info", "servers") if key in document}
        paths = {path: self._path_item(path, by_path.get(path, {}))
                 for path in self.reader.path_items}
        used = {tag for operation in self.reader.operations
                for tag in operation.raw.get("tags") or []}
        result["tags"] = [t for t in document.get("tags", []) if t.get("name") in used]
        result["paths"] = paths
        schemes = document.get("components", {}).get("securitySchemes", {})
        wanted = {name for item in paths.values() for method in METHODS if method in item
                  for need in item[method]["security"] for name in need}
        self.lifted["securitySchemes"] = {k: v for k, v in schemes.items() if k in wanted}
        result["components"] = {kind: dict(sorted(values.items()))
                                for kind, values in self.lifted.items() if values}
        return result

    # --- references ---------------------------------------------------------------------------

    def lift(self, value, place):
        """A copy for the bundle: internals gone, references into components."""
        if isinstance(value, list):
            return [self.lift(item, place / index) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        copy = {}
        for key, member in value.items():
            if key == "$ref":
                copy["$ref"] = self._component(member, place)
            elif key not in INTERNAL:
                copy[key] = self.lift(member, place / key)
        return copy

    def _component(self, reference, place):
        value, target = self.sources.follow(reference, place)
        if target is None:
            return reference
        path = target.path[1:] if target.path[0] == "components" else target.path
        if len(path) != 2 or path[0] not in COMPONENTS:
            self.report.add(place, f"$ref {reference!r} is not to schemas, parameters, responses "
                            "or headers")
            return reference
        kind, name = path
        known = self.origins.setdefault((kind, name), target)
        if known != target:
            self.report.add(target, f"the name {name!r} is also in {known}; names are unique")
        elif name not in self.lifted[kind]:
            self.lifted[kind][name] = None  # so that a schema met again on the way is not endless
            self.lifted[kind][name] = self.lift(value, target)
        return f"#/components/{kind}/{name}"

    def _index(self, kind, name):
        """A reference to a component of the index, or None when it has none of that name."""
        if name not in self.reader.document.get("components", {}).get(kind, {}):
            self.report.add(self.reader.index / "components" / kind, f"lacks {name}")
            return None
        return {"$ref": self._component(f"#/components/{kind}/{name}", self.reader.index)}

    # --- operations ---------------------------------------------------------------------------

    def _path_item(self, path, operations):
        place = self.reader.path_items[path]
        item = self.sources.load(place.file)[place.path[0]]
        result = {key: item[key] for key in ("summary", "description") if key in item}
        for method in METHODS:
            if method in operations:
                result[method] = self._operation(operations[method])
        return result

    def _operation(self, operation):
        raw = operation.raw
        result = {key: raw[key] for key in ("operationId", "tags", "summary") if key in raw}
        result["description"] = self._description(operation)
        if raw.get("deprecated"):
            result["deprecated"] = True
        if operation.permission:
            result["x-permission"] = operation.permission
        result["security"] = self._security(raw.get("security") or [])
        parameters = self._parameters(operation)
        if parameters:
            result["parameters"] = parameters
        if operation.has_body:
            result["requestBody"] = self._request_body(operation)
        result["responses"] = self._responses(operation)
        return result

    @staticmethod
    def _description(operation):
        words = str(operation.raw.get("description", "")).strip()
        if operation.permission:
            words += f"\n\nPermission: `{operation.permission}`."
        if operation.body_max:
            words += f"\n\nThe body has at most {operation.body_max} bytes."
        return words

    @staticmethod
    def _security(security):
        """A token can be had by client_credentials or be pasted: the docs page offers both."""
        result = []
        for need in security:
            result.append(need)
            if "oauth2" in need:
                result.append({"token": need["oauth2"]})
        return result

    def _parameters(self, operation):
        shared = set(operation.shared)
        parameters = []
        for item in operation.inputs:
            if item.shared in NARROWED:
                parameters.append(self._narrowed(item))
            elif item.shared:
                parameters.append(self._index("parameters", item.shared))
                shared.discard(item.shared)
            else:
                parameters.append(self.lift(item.parameter, item.place))
        if operation.versioned and operation.method == "get":
            shared.add("IfNoneMatch")
        if operation.is_file:
            shared |= {"IfNoneMatch", "Range", "IfRange"}
        if operation.path.startswith("/v1/"):
            shared |= {"AcceptLanguage", "XLoftNow"}
        for name in sorted(shared - NARROWED):
            if not any(p == {"$ref": f"#/components/parameters/{name}"} for p in parameters):
                parameters.append(self._index("parameters", name))
        return [p for p in parameters if p]

    @staticmethod
    def _narrowed(item):
        parameter = {key: item.parameter[key] for key in item.parameter if key != "schema"}
        if item.shared == "Sort":
            parameter["schema"] = {"type": "string", "enum": item.schema.values,
                                   "default": item.schema.default}
        else:
            parameter["schema"] = {
                "type": "array", "minItems": 1, "maxItems": item.schema.max_items,
                "uniqueItems": True,
                "items": {"type": "string", "enum": item.schema.items.values}}
        return parameter

    def _request_body(self, operation):
        body = self.lift(operation.raw["requestBody"], operation.place / "requestBody")
        if operation.body == "BODY_RAW":
            form = {"type": "string"} if operation.body_text else BYTES
            body["content"] = {media: {"schema": form, **(value or {})}
                               for media, value in body["content"].items()}
        else:
            self._add_example(body["content"], operation.body_schema)
        return body

    def _add_example(self, content, schema):
        for media, value in content.items():
            shown = media in MEDIA and "example" not in value and "examples" not in value
            if shown:
                value["example"] = example_of(schema, self.report)

    # --- answers ------------------------------------------------------------------------------

    def _responses(self, operation):
        raw = operation.raw.get("responses") or {}
        place = operation.place / "responses"
        result = {}
        for code, response in raw.items():
            if code.startswith("2"):
                response, target = self.sources.resolve(response, place / code)
                result[code] = self._success(operation, response, target)
                if operation.is_file:
                    result["206"] = self._part(result[code])
            else:
                result[code] = self.lift(response, place / code)
        codes = {}
        for code in operation.problems:
            codes.setdefault(str(self.problems[code]["status"]), []).append(code)
        for status in sorted(natural_statuses(operation) | set(codes)):
            if status not in RESPONSES:
                self.report.add(operation.place / "x-problems", f"no response of the index has "
                                f"status {status}")
            elif status in codes:
                known = natural_codes(operation, status) + codes[status]
                result[status] = self._own_problem(RESPONSES[status], list(dict.fromkeys(known)))
            elif status not in result:
                result[status] = self._index("responses", RESPONSES[status])
        return {code: result[code] for code in sorted(result) if result[code]}

    def _success(self, operation, response, place):
        response = self.lift(response, place)
        names = ["X-Request-Id", "RateLimit", "RateLimit-Policy"]
        if operation.is_file:
            names += ["ETag", "Accept-Ranges", "Content-Disposition"]
        elif operation.path.startswith("/v1/"):
            names.append("Content-Language")
        if operation.versioned:
            names.append("ETag")
        if operation.location:
            names.append("Location")
        if "dry_run" in operation.flags:
            names.append("Preference-Applied")
        headers = {name: self._index("headers", name) for name in names}
        response["headers"] = {**{k: v for k, v in headers.items() if v},
                               **response.get("headers", {})}
        content = response.get("content", {})
        if operation.answer in ("ANSWER_ITEM", "ANSWER_LIST") and operation.answer_schema:
            self._add_example(content, operation.answer_schema)
        if operation.answer == "ANSWER_LIST":
            for media, words in LIST_FORMATS.items():
                content[media] = {"schema": {"type": "string", "description": words}}
        if operation.answer == "ANSWER_RAW":
            response["content"] = {media: {"schema": BYTES, **(value or {})}
                                   for media, value in content.items()}
        return {key: response[key] for key in ("description", "headers", "content")
                if response.get(key)}

    def _part(self, whole):
        """What a range of the bytes is answered with."""
        headers = {**whole["headers"], "Content-Range": self._index("headers", "Content-Range")}
        return {"description": "The part that Range asks for.", "headers": headers,
                "content": {media: {"schema": BYTES} for media in whole["content"]}}

    def _own_problem(self, name, codes):
        """The shared response, with the operation's own codes and what they say."""
        place = self.reader.index / "components" / "responses" / name
        shared = self.reader.document.get("components", {}).get("responses", {}).get(name)
        if shared is None:
            self.report.add(place, "is missing")
            return None
        shared = self.lift(shared, place)
        own = {**shared, "x-problems": codes}
        own["description"] = shared["description"].rstrip() + "\n\n" + "\n".join(
            f"- `{code}`: {self.problems[code]['en']['title']}" for code in codes)
        media = "application/problem+json"
        schema = shared["content"][media]["schema"]
        own["content"] = {media: {"schema": schema, "examples": {
            code: {"summary": self.problems[code]["en"]["title"],
                   "value": self._problem(code)} for code in codes}}}
        return own

    def _problem(self, code):
        problem = self.problems[code]
        value = {
            "type": PROBLEM_TYPE + code,
            "title": shown(problem["en"]["title"]),
            "status": problem["status"],
            "detail": shown(problem["en"]["detail"]),
            "code": code,
        }
        if "rule" in problem:
            value["rule"] = problem["rule"]
        value["request_id"] = "0190f3a17c527b1a9d3e2f4b6a8c0d1e"
        return value


def shown(words):
    """A text with its arguments as the reader of the contract sees them."""
    return ARGUMENT.sub(lambda match: f"<{match.group(1)}>", words)


def natural_codes(operation, status):
    """The codes that an operation's own are told together with."""
    codes = []
    if status == "409" and "idempotency" in operation.flags:
        codes.append("idempotency_in_progress")
    if status == "422" and operation.body_schema:
        codes.append("validation_failed")
    if status == "422" and "idempotency" in operation.flags:
        codes.append("idempotency_key_reused")
    return codes


def natural_statuses(operation):
    """What an operation can answer besides success, because of what it is."""
    statuses = {"400", "406", "429", "500", "503"}
    if operation.secured:
        statuses |= {"401", "403"} if operation.authenticated or operation.scope else {"401"}
    if operation.path_names:
        statuses.add("404")
    if "if_match" in operation.flags:
        statuses |= {"412", "428"}
    if operation.has_body:
        statuses |= {"413", "415"}
    if operation.body_schema:
        statuses.add("422")
    if "idempotency" in operation.flags:
        statuses |= {"409", "422"}
    if operation.is_action:
        statuses.add("409")
    if "IfNoneMatch" in operation.shared or (operation.versioned and operation.method == "get"):
        statuses.add("304")
    if operation.is_file:
        statuses |= {"304", "416"}
    return statuses


class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Readable YAML that every version of YAML reads the same."""

    def ignore_aliases(self, data):
        return True


def represent_string(dumper, text):
    style = "|" if "\n" in text and not re.search(r"[ \t]\n", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, represent_string)


def as_json(document):
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_yaml(document):
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
