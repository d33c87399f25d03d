"""Operations: what a path item says, checked and brought into the form of struct operation."""
import dataclasses
import re

from schema import NAME, C_WORDS, Schema, SchemaReader, check_request
from source import Place

METHODS = ["get", "post", "put", "patch", "delete"]
OPERATION_KEYS = {
    "operationId", "summary", "description", "tags", "security", "deprecated", "parameters",
    "requestBody", "responses", "x-permission", "x-statement", "x-handler", "x-input", "x-header",
    "x-list", "x-parent", "x-transitions", "x-problems", "x-location", "x-answer", "x-unlogged",
    "x-detached", "x-monitoring", "x-body", "x-body-max",
}
PART_KEYS = {"schemas", "parameters", "problems", "labels", "letters", "x-header"}
MEDIA = {
    "application/json": "BODY_JSON",
    "application/merge-patch+json": "BODY_MERGE_PATCH",
    "application/x-www-form-urlencoded": "BODY_FORM",
}
RAW_MEDIA = re.compile(r"^(?:application|audio|image|text|video)/[a-z0-9][a-z0-9.+-]*$")
# Parameters of the index that the dispatcher serves itself; they are bound to no struct.
LIST_PARAMETERS = ["Limit", "Cursor", "Sort", "Fields", "Count"]
HEADER_FLAGS = {
    "IfMatch": "if_match",
    "IdempotencyKey": "idempotency",
    "IdempotencyKeyRequired": "idempotency_required",
    "Prefer": "dry_run",
    "IfNoneMatch": None,
    "Range": None,
    "IfRange": None,
    "XLoftNow": None,
    "AcceptLanguage": None,
}
CASTS = {"uuid": "uuid", "date": "date", "date-time": "timestamptz"}
SEGMENTS_MAX = 12
# Bytes of a body: what every operation takes, and what x-body-max may say (exchange.h has both).
BODY_MAX, BODY_LARGEST = 64 * 1024, 8 * 1024 * 1024
PERMISSION = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")
SEGMENT = re.compile(r"^(?:\{[a-z][a-z0-9_]*\}|[A-Za-z0-9._~-]+)$")


@dataclasses.dataclass
class Input:
    source: str  # "path", "query" or "header"
    name: str
    schema: Schema
    required: bool
    default: object
    bound: bool
    place: Place
    parameter: dict
    shared: str = None  # its key among the parameters of the index, when it stands there

    @property
    def member(self):
        return self.name.lower().replace("-", "_")


@dataclasses.dataclass
class Sort:
    value: str
    column: str
    cast: str
    descending: bool
    needs: str = None  # the parameter without which there is no such order


@dataclasses.dataclass
class Operation:
    place: Place
    part: str
    path: str
    method: str
    raw: dict
    id: str = ""
    permission: str = None
    scope: str = None
    authenticated: bool = False
    secured: bool = False  # a bearer token is demanded or at least understood
    inputs: list = dataclasses.field(default_factory=list)
    body: str = "BODY_NONE"
    body_required: bool = False
    body_text: bool = False  # a raw body of UTF-8
    media: list = dataclasses.field(default_factory=list)  # types of the body
    body_max: int = 0
    body_schema: Schema = None
    struct: str = None
    header: str = None
    handler: bool = False
    statement: str = None
    parent: str = None
    answer: str = "ANSWER_ITEM"
    answer_media: list = dataclasses.field(default_factory=list)  # types of a raw answer
    status: int = 200
    answer_schema: Schema = None
    item: Schema = None
    machine: str = None
    once: str = None
    sorts: list = dataclasses.field(default_factory=list)
    location: str = None
    flags: set = dataclasses.field(default_factory=set)
    shared: set = dataclasses.field(default_factory=set)  # of the index: names of parameters
    problems: list = dataclasses.field(default_factory=list)
    fields: dict = dataclasses.field(default_factory=dict)  # member -> (kind, place)
    records: dict = dataclasses.field(default_factory=dict)  # struct of x-items -> its members

    @property
    def writes(self):
        return self.method != "get"

    @property
    def has_body(self):
        return self.body != "BODY_NONE"

    @property
    def is_file(self):
        """Bytes with an entity tag, a name and parts."""
        return self.answer == "ANSWER_RAW" and self.path.startswith("/v1/")

    @property
    def is_action(self):
        return "/actions/" in self.path

    @property
    def segments(self):
        return [s for s in self.path.split("/") if s]

    @property
    def path_names(self):
        return re.findall(r"\{([^}]*)\}", self.path)

    @property
    def versioned(self):
        """Whether the answer is an item with an ETag."""
        version = self.item and self.item.property("version")
        return self.answer == "ANSWER_ITEM" and bool(version) and version.schema.type == "integer"

    @property
    def members(self):
        """What `fields` may name; allowed_actions stands on items only."""
        names = [p.name for p in self.item.properties if not p.embed] if self.item else []
        return [n for n in names if n != "allowed_actions" or self.answer != "ANSWER_LIST"]

    @property
    def embeds(self):
        """What `embed` may name."""
        return [p.name for p in (self.item.properties if self.item else []) if p.embed]

    @property
    def identity(self):
        """The uuid column that tells the rows of a list apart; a computed view has none to show."""
        return "id" if self.item.property("id") else "_id"

    @property
    def restricted(self):
        return [(p.name, p.restricted) for p in (self.item.properties if self.item else [])
                if p.restricted]


def words_of(place, names):
    """A list of some of these names, each once."""
    return Schema(place, type="array", min_items=1, max_items=len(names), unique=True,
                  items=Schema(place, values=names))


class ContractReader:
    """Reads the index and every part that it names into `operations`."""

    def __init__(self, sources, problems, codes, report, paths=None):
        """`paths`: a file whose top-level keys are read in place of the index's paths."""
        self.sources = sources
        self.problems = problems
        self.codes = codes
        self.report = report
        self.index = Place("openapi.yaml")
        self.document = sources.load(self.index.file)
        self.paths = Place(paths) if paths else self.index / "paths"
        self.schemas = SchemaReader(sources, report, codes)
        self.operations = []
        self.path_items = {}  # path -> place of its item
        self.scopes = self._scopes()

    def _scopes(self):
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        flows = schemes.get("oauth2", {}).get("flows", {})
        return {scope for flow in flows.values() for scope in flow.get("scopes", {})}

    def read(self):
        used = {}
        paths = self.sources.load(self.paths.file)
        if self.paths.path:
            paths = paths.get("paths")
        for path, item in (paths or {}).items():
            place = self.paths / path
            if not isinstance(item, dict) or set(item) != {"$ref"}:
                self.report.add(place, "a path is a $ref into the part beside its handler")
                continue
            self._check_template(path, place)
            value, target = self.sources.resolve(item, place)
            if target is None:
                continue
            self.path_items[path] = target
            used.setdefault(target.file, set()).add(target.path[0])
            self._read_item(path, value, target)
        for file, keys in used.items():
            for key in set(self.sources.load(file)) - keys - PART_KEYS:
                self.report.add(Place(file) / key, "no path of the index refers to this")
        self._check_ids()
        self._check_routes()
        for operation in self.operations:
            self._check_location(operation)
        return self.operations

    def _check_template(self, path, place):
        segments = path.split("/")[1:] if path != "/" else []
        if not path.startswith("/") or not all(SEGMENT.match(s) for s in segments):
            self.report.add(place, "a path is /segment/{name}/..., without a slash at its end")
        if len(segments) > SEGMENTS_MAX:
            self.report.add(place, f"more than {SEGMENTS_MAX} segments")

    def _check_ids(self):
        seen = {}
        for operation in self.operations:
            if operation.id in seen:
                self.report.add(operation.place / "operationId",
                                f"{operation.id!r} is also that of {seen[operation.id]}")
            seen.setdefault(operation.id, operation.place)

    def _check_routes(self):
        seen = {}
        for path in self.path_items:
            shape = re.sub(r"\{[^}]*\}", "{}", path)
            if shape in seen:
                self.report.add(self.paths / path, f"is the same route as {seen[shape]}")
            seen[shape] = path

    def _check_location(self, operation):
        """201 says where the new item is: x-location, or this path with {id}."""
        given = operation.raw.get("x-location")
        operation.location = given or operation.path + "/{id}"
        if operation.status != 201:
            if given:
                self.report.add(operation.place / "x-location", "belongs to an answer 201")
            operation.location = None
        elif operation.location not in self.path_items:
            self.report.add(operation.place / ("x-location" if given else "responses"),
                            f"201 needs the path of the item, and {operation.location} is none")

    def _read_item(self, path, item, place):
        if not isinstance(item, dict):
            self.report.add(place, "a path item is a mapping")
            return
        for key in item:
            if key not in METHODS and key not in ("parameters", "summary", "description"):
                self.report.add(place / key, "is not a method that the service answers")
        for method in METHODS:
            if method in item:
                self._read_operation(path, method, item, place)

    def _read_operation(self, path, method, item, place):
        raw = item[method]
        operation = Operation(place / method, place.file, path, method, raw)
        if not isinstance(raw, dict):
            self.report.add(operation.place, "an operation is a mapping")
            return
        for key in raw:
            if key not in OPERATION_KEYS:
                self.report.add(operation.place / key, "is not known to the compiler")
        self._read_words(operation)
        self._read_security(operation)
        for index, parameter in enumerate(item.get("parameters", [])):
            self._read_parameter(operation, parameter, place / "parameters" / index)
        for index, parameter in enumerate(raw.get("parameters", [])):
            self._read_parameter(operation, parameter, operation.place / "parameters" / index)
        self._read_body(operation)
        self._read_answer(operation)
        self._read_list(operation)
        self._narrow_parameters(operation)
        self._check_parameters(operation)
        self._check_conventions(operation)
        self._read_fields(operation)
        self._read_use_case(operation)
        self._read_problems(operation)
        self.operations.append(operation)

    # --- words and rights -----------------------------------------------------------------

    def _read_words(self, operation):
        raw, place = operation.raw, operation.place
        operation.id = raw.get("operationId", "")
        if not isinstance(operation.id, str) or not NAME.match(operation.id):
            self.report.add(place / "operationId", "must be a snake_case name")
            operation.id = "unnamed"
        for key in ("summary", "description"):
            if not isinstance(raw.get(key), str) or not raw[key].strip():
                self.report.add(place / key, "is missing")
        known = {tag.get("name") for tag in self.document.get("tags", [])}
        tags = raw.get("tags")
        if not isinstance(tags, list) or len(tags) != 1 or tags[0] not in known:
            self.report.add(place / "tags", "must be one tag that the index describes")
        machine = raw.get("x-transitions")
        if machine is not None and not (isinstance(machine, str) and NAME.match(machine)):
            self.report.add(place / "x-transitions", "names a machine, e.g. registration")
        operation.machine = machine

    def _read_security(self, operation):
        """[] is public; {oauth2: [scope]} demands a token; {} beside it makes the token optional, but
        not its scope; a basic scheme is the handler's own business."""
        raw, place = operation.raw, operation.place / "security"
        security = raw.get("security")
        if not isinstance(security, list) or not all(isinstance(s, dict) for s in security):
            self.report.add(place, "must be said: [] for public, or [{oauth2: [scope]}]")
            return
        tokens = [s["oauth2"] for s in security if "oauth2" in s]
        others = {name for s in security for name in s} - {"oauth2"}
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        for name in others:
            if schemes.get(name, {}).get("scheme") != "basic":
                self.report.add(place, f"{name!r} is neither oauth2 nor a basic scheme of the "
                                "index")
        if len(tokens) > 1 or any(not isinstance(t, list) or len(t) > 1 for t in tokens):
            self.report.add(place, "oauth2 takes one scope at most")
            return
        operation.secured = bool(tokens)
        operation.authenticated = bool(tokens) and {} not in security
        if tokens and tokens[0]:
            scope = tokens[0][0]
            if scope not in self.scopes:
                self.report.add(place, f"scope {scope!r} is not declared by the index")
            operation.scope = scope
        operation.permission = raw.get("x-permission")
        if operation.permission is None:
            return
        if not isinstance(operation.permission, str) or not PERMISSION.match(operation.permission):
            self.report.add(operation.place / "x-permission", "is like smart.registration.read")
        if not operation.authenticated:
            self.report.add(operation.place / "x-permission",
                            "cannot be asked of an operation that needs no token")

    # --- what comes in --------------------------------------------------------------------

    def _read_parameter(self, operation, reference, place):
        value, target = self.sources.resolve(reference, place)
        if target is None:
            return
        shared = None
        if target.file == self.index.file and target.path[:2] == ("components", "parameters"):
            shared = target.path[2]
        self._add_parameter(operation, value, target, shared)

    def _add_parameter(self, operation, value, place, shared):
        if not isinstance(value, dict):
            self.report.add(place, "a parameter is a mapping")
            return
        for key in value:
            if key not in {"name", "in", "description", "required", "schema", "style", "explode",
                           "deprecated", "example"}:
                self.report.add(place / key, "is not known to the compiler")
        name, source = value.get("name"), value.get("in")
        if not isinstance(name, str) or source not in ("path", "query", "header"):
            self.report.add(place, "needs name and in: path, query or header")
            return
        if not value.get("description"):
            self.report.add(place / "description", "is missing")
        if (shared and shared in operation.shared) or any(
                i.name == name and i.source == source for i in operation.inputs):
            self.report.add(operation.place / "parameters", f"{name!r} is declared twice")
            return
        if shared:
            operation.shared.add(shared)
        if shared in HEADER_FLAGS:
            flag = HEADER_FLAGS[shared]
            if flag:
                operation.flags.add(flag)
            if flag == "idempotency_required":
                operation.flags.add("idempotency")
            if not (flag or "").startswith("idempotency"):
                return  # the dispatcher reads these headers by their own rules
        schema = self.schemas.read(value.get("schema", {}), place / "schema")
        check_request(schema, self.report)
        bound = shared not in HEADER_FLAGS and shared not in LIST_PARAMETERS
        required = value.get("required") is True and shared not in HEADER_FLAGS
        item = Input(source, name, schema, required, schema.default, bound, place, value, shared)
        self._check_input(operation, item)
        operation.inputs.append(item)

    def _check_input(self, operation, item):
        place, schema = item.place, item.schema
        if item.source == "header":
            if not re.match(r"^[A-Za-z][A-Za-z0-9-]*$", item.name):
                self.report.add(place / "name", "is not a header")
        elif not NAME.match(item.name):
            self.report.add(place / "name", "names are snake_case")
        if schema.type == "object" or schema.nullable:
            self.report.add(place / "schema", "a parameter is text: no object, no null")
        if schema.type == "array":
            if item.parameter.get("explode") is not False or item.source != "query":
                self.report.add(place, "a list stands in the query, with explode: false (a,b,c)")
            if schema.items.type != "string" or schema.items.nullable:
                self.report.add(place / "schema" / "items", "a list in the query is of strings")
        if item.source == "path" and item.parameter.get("required") is not True:
            self.report.add(place / "required", "a path parameter is required")
        if item.required and item.default is not None:
            self.report.add(place / "required", "what has a default is not required")

    def _check_parameters(self, operation):
        declared = [i.name for i in operation.inputs if i.source == "path"]
        for name in operation.path_names:
            if name not in declared:
                self.report.add(operation.place / "parameters",
                                f"lacks the path parameter {name!r}")
        for name in set(declared) - set(operation.path_names):
            self.report.add(operation.place / "parameters", f"{name!r} is not in {operation.path}")
        for item in operation.inputs:
            if item.shared in LIST_PARAMETERS and operation.answer != "ANSWER_LIST" and not (
                    item.shared == "Fields" and operation.answer == "ANSWER_ITEM"):
                self.report.add(operation.place / "parameters", f"{item.name!r} belongs to lists")
            if item.shared == "Embed" and not operation.embeds:
                self.report.add(operation.place / "parameters", "'embed' belongs to items with "
                                "x-embed members")

    def _read_body(self, operation):
        body, place = operation.raw.get("requestBody"), operation.place / "requestBody"
        if body is None:
            if operation.method in ("put", "patch"):
                self.report.add(place, "is missing")
            for key in ("x-body", "x-body-max"):
                if key in operation.raw:
                    self.report.add(operation.place / key, "belongs to a body")
            return
        if operation.method in ("get", "delete") or not isinstance(body, dict):
            self.report.add(place, f"{operation.method.upper()} has no body")
            return
        for key in set(body) - {"description", "required", "content"}:
            self.report.add(place / key, "is not known to the compiler")
        content = body.get("content")
        operation.body_required = body.get("required") is True
        self._read_body_max(operation)
        if operation.raw.get("x-body") == "raw":
            self._read_raw_body(operation, content, place / "content")
            return
        if "x-body" in operation.raw:
            self.report.add(operation.place / "x-body", "is raw or not there")
        if not isinstance(content, dict) or len(content) != 1 or set(content) - set(MEDIA):
            self.report.add(place / "content", f"must be one of {', '.join(MEDIA)}, unless x-body: "
                            "raw")
            return
        (media, value), = content.items()
        operation.body, operation.media = MEDIA[media], [media]
        schema = self.schemas.read(value.get("schema", {}), place / "content" / media / "schema")
        operation.body_schema = schema
        check_request(schema, self.report)
        if (operation.method == "patch") != (operation.body == "BODY_MERGE_PATCH"):
            self.report.add(place / "content", "PATCH, and PATCH alone, takes merge-patch+json")
        if schema.type != "object" or schema.map_values or schema.nullable:
            self.report.add(schema.place, "a body is an object with properties")
        if not operation.body_required and any(p.required for p in schema.properties):
            self.report.add(place / "required", "must be true: the body has required members")
        if operation.body == "BODY_FORM":
            for member in schema.properties:
                if member.schema.type not in ("string", "integer", "boolean"):
                    self.report.add(member.place, "a form holds strings, integers and booleans")

    def _read_body_max(self, operation):
        limit = operation.raw.get("x-body-max")
        if limit is None:
            return
        if type(limit) is not int or not BODY_MAX < limit <= BODY_LARGEST:
            self.report.add(operation.place / "x-body-max", f"is a number of bytes above {BODY_MAX}, "
                            f"which every body may have, up to {BODY_LARGEST}")
            return
        operation.body_max = limit

    def _read_raw_body(self, operation, content, place):
        """Bytes that the use case reads itself: text in UTF-8, or what is no text, never both."""
        if operation.method not in ("post", "put"):
            self.report.add(operation.place / "x-body", "belongs to POST and PUT")
        if not isinstance(content, dict) or not content or not all(
                RAW_MEDIA.match(media) and media not in MEDIA for media in content):
            self.report.add(place, "of a raw body names media types other than "
                            f"{', '.join(MEDIA)}")
            return
        operation.body, operation.media = "BODY_RAW", list(content)
        operation.body_text = all(media.startswith("text/") for media in content)
        if not operation.body_text and any(media.startswith("text/") for media in content):
            self.report.add(place, "is text or is not, because text must be UTF-8")
        for media, value in content.items():
            for key in set(value or {}) - {"example"}:
                self.report.add(place / media / key, "of a raw body is not enforced by the decoder")
            if ("example" in (value or {})) != media.startswith("text/"):
                self.report.add(place / media, "text has an example, and nothing else has")

    def _read_fields(self, operation):
        """Everything that the struct of the operation holds, and where it is said."""
        for item in operation.inputs:
            if item.bound:
                self._add_field(operation, item.member, item.schema.kind, item.place)
        if operation.body_schema:
            self._add_members(operation, operation.body_schema, "")
        if operation.body == "BODY_RAW":
            place = operation.place / "x-body"
            self._add_field(operation, "body", "KIND_BYTES", place)
            self._add_field(operation, "content_type", "KIND_TEXT", place)

    def _add_members(self, operation, schema, prefix):
        patch = operation.body == "BODY_MERGE_PATCH"
        for member in schema.properties:
            name = prefix + member.name
            if member.flatten:
                if member.flatten == "given":
                    self._add_field(operation, name, "KIND_BOOLEAN", member.place)
                self._add_members(operation, member.schema, name + "_")
                continue
            if member.schema.record:
                self._add_record(operation, member.schema)
            else:
                self._refuse_records(member.schema)
            if patch and member.schema.type == "object":
                kind = member.schema.kind
                if kind != "KIND_TEXT_MAP" or "x-statement" in operation.raw:
                    self.report.add(member.place, "an object in a merge patch is x-flatten, or a "
                                    "map of strings that a handler reads: null takes a member away")
            self._add_field(operation, name, member.schema.kind, member.place)

    @staticmethod
    def _add_record(operation, schema):
        members = operation.records.setdefault(schema.record, {})
        members.update({m.name: (m.schema.kind, m.place) for m in schema.items.properties})

    def _refuse_records(self, schema):
        for inner in schema.below():
            if inner.record:
                self.report.add(inner.place / "x-items", "belongs to a member of the body itself")

    def _add_field(self, operation, name, kind, place):
        if name in C_WORDS:
            self.report.add(place, f"{name!r} is a word of C and no name of a member")
        if name in operation.fields:
            self.report.add(place, f"the struct has {name!r} twice, also from "
                            f"{operation.fields[name][1]}")
        operation.fields[name] = (kind, place)

    # --- what goes out --------------------------------------------------------------------

    def _read_answer(self, operation):
        responses, place = operation.raw.get("responses"), operation.place / "responses"
        if not isinstance(responses, dict):
            self.report.add(place, "is missing")
            return
        success = [code for code in responses if re.match(r"^2\d\d$", code)]
        for code in responses:
            if not re.match(r"^[2345]\d\d$", code):
                self.report.add(place / code, "is not a status")
        if len(success) != 1:
            self.report.add(place, "must have exactly one answer 2xx")
            return
        operation.status = int(success[0])
        response, place = self.sources.resolve(responses[success[0]], place / success[0])
        if place is None:
            return
        if not response.get("description"):
            self.report.add(place / "description", "is missing")
        content = response.get("content") or {}
        wanted = operation.raw.get("x-answer")
        if wanted not in (None, "raw"):
            self.report.add(operation.place / "x-answer", "is raw or not there")
        if (operation.status == 204) != (not content):
            self.report.add(place, "204, and 204 alone, has no content")
        if not content:
            operation.answer = "ANSWER_EMPTY"
            return
        for media, value in content.items():
            if wanted == "raw" and "schema" not in (value or {}):
                continue  # bytes of which nothing can be said
            schema = self.schemas.read(value.get("schema", {}),
                                       place / "content" / media / "schema")
            if media == "application/json":
                operation.answer_schema = schema
        if wanted == "raw":
            operation.answer, operation.answer_media = "ANSWER_RAW", list(content)
            if operation.is_file and operation.method != "get":
                self.report.add(operation.place / "x-answer", "raw belongs to GET under /v1/")
            return
        if list(content) != ["application/json"]:
            self.report.add(place / "content", "must be application/json (a list's CSV and NDJSON "
                            "are added), unless x-answer: raw")
            return
        self._read_answer_schema(operation)

    def _read_answer_schema(self, operation):
        schema = operation.answer_schema
        if schema.type != "object" or schema.nullable or schema.map_values:
            self.report.add(schema.place, "an answer is an object")
            return
        self._refuse_records(schema)
        operation.item = schema
        if "x-list" in operation.raw:
            operation.answer = "ANSWER_LIST"
            items = schema.property("items")
            names = {p.name for p in schema.properties}
            if (not items or items.schema.type != "array" or items.schema.items.type != "object"
                    or not {"items", "next_cursor"} <= names <= {"items", "next_cursor", "count"}):
                self.report.add(schema.place, "a list answers {items: [object], next_cursor, "
                                "count?}")
                operation.item = None
                return
            operation.item = items.schema.items
        self._check_restricted(operation)
        self._check_once(operation)
        self._check_embeds(operation)
        if operation.machine and operation.answer == "ANSWER_ITEM" and not operation.item.property(
                "allowed_actions"):
            self.report.add(operation.item.place, "x-transitions adds allowed_actions, which the "
                            "schema must have")

    def _check_restricted(self, operation):
        def inner(schema, seen):
            for child in [schema.items, schema.map_values] + [p.schema for p in schema.properties]:
                if child is not None and id(child) not in seen:
                    seen.add(id(child))
                    for member in child.properties:
                        if member.restricted:
                            self.report.add(member.place / "x-restricted", "is masked only among "
                                            "the item's own properties, not deeper")
                    inner(child, seen)

        for member in operation.item.properties:
            if member.restricted is None:
                continue
            if member.restricted not in self.scopes:
                self.report.add(member.place / "x-restricted",
                                f"scope {member.restricted!r} is not declared by the index")
            if not member.schema.nullable:
                self.report.add(member.place, "is masked as null, so its type must allow null")
        inner(operation.item, set())

    def _check_once(self, operation):
        """A secret that only the first answer of a write holds; a stored answer has null there."""
        shown = [p for p in operation.item.properties if p.once]
        for member in shown:
            if not (operation.writes and operation.answer == "ANSWER_ITEM"):
                self.report.add(member.place / "x-once", "belongs to the item that a write answers")
            if member.schema.type != "string" or not member.schema.nullable or len(shown) > 1:
                self.report.add(member.place / "x-once", "marks one member, a string or null")
        operation.once = shown[0].name if shown else None

    def _check_embeds(self, operation):
        """A related item that is left out unless `embed` names it; only reads are asked for one."""
        for member in operation.item.properties:
            if not member.embed:
                continue
            if member.required:
                self.report.add(member.place / "x-embed", "is left out at times, so it is not "
                                "required")
            if member.schema.type not in ("object", "array") or member.restricted:
                self.report.add(member.place / "x-embed", "marks an object or an array, without "
                                "x-restricted")
        if operation.method != "get" or not operation.embeds:
            return
        if "x-statement" not in operation.raw:
            self.report.add(operation.place / "x-statement", "is missing: who has x-embed members "
                            "reads them by a statement that takes :embed")
        self._read_parameter(operation, {"$ref": "#/components/parameters/Embed"}, self.index)

    def _read_list(self, operation):
        value, place = operation.raw.get("x-list"), operation.place / "x-list"
        if value is None:
            return
        if operation.method != "get" or not isinstance(value, dict) or set(value) - {
                "default", "sort", "by", "needs", "updated_since"}:
            self.report.add(place, "belongs to GET and says default, sort and perhaps by, needs and "
                            "updated_since: false")
            return
        if operation.answer != "ANSWER_LIST" or not operation.item:
            return
        values, default = value.get("sort"), value.get("default")
        if not isinstance(values, list) or default not in values:
            self.report.add(place, "needs sort: [...] with default among them")
            return
        identity = operation.item.property("id")
        if identity and (identity.schema.format != "uuid" or identity.schema.nullable
                         or not identity.required):
            self.report.add(identity.place, "pages of a list end at an id: a required uuid, or no "
                            "property of that name and a column _id in the statement")
        by = value.get("by", {})
        if not isinstance(by, dict) or not all(re.match(r"^_[a-z][a-z0-9_]*$", str(column))
                                               for column in by.values()):
            self.report.add(place / "by", "maps a property that may be null to the column _name of "
                            "the statement that never is")
            by = {}
        for sort in [default] + [v for v in values if v != default]:
            self._read_sort(operation, sort, by, place / "sort")
        self._read_needs(operation, value.get("needs", {}), place / "needs")
        for name in set(by) - {v.lstrip("-") for v in values}:
            self.report.add(place / "by" / name, "is not sorted by")
        for shared in LIST_PARAMETERS:
            if shared not in operation.shared:
                self._read_parameter(operation, {"$ref": f"#/components/parameters/{shared}"},
                                     self.index)
        names = {i.name for i in operation.inputs if i.source == "query"}
        if "updated_since" not in names and value.get("updated_since") is not False:
            self.report.add(operation.place / "parameters", "every list takes updated_since ($ref "
                            "UpdatedSince), unless x-list says updated_since: false")

    def _read_sort(self, operation, value, by, place):
        name = value.lstrip("-")
        member = operation.item.property(name)
        if not member or value.count("-") > 1:
            self.report.add(place, f"{value!r} is not a property of the item")
            return
        schema = member.schema
        cast = {"string": CASTS.get(schema.format, "text"), "integer": "bigint"}.get(schema.type)
        if not cast or (name not in by and (schema.nullable or not member.required)):
            self.report.add(place, f"{name!r} must be a required string or integer that is never "
                            "null")
            return
        operation.sorts.append(Sort(value, by.get(name, name), cast, value.startswith("-")))

    def _read_needs(self, operation, needs, place):
        """An order that only a search has: its property -> the optional parameter that it needs."""
        optional = {i.name for i in operation.inputs
                    if i.source == "query" and i.bound and not i.required and i.default is None}
        if not isinstance(needs, dict) or not set(needs.values()) <= optional:
            self.report.add(place, "maps a sort to an optional parameter of the operation")
            return
        orders = [sort for sort in operation.sorts if sort.value.lstrip("-") in needs]
        for name in set(needs) - {sort.value.lstrip("-") for sort in orders}:
            self.report.add(place / name, "is not sorted by")
        for sort in orders:
            sort.needs = needs[sort.value.lstrip("-")]
            if sort is operation.sorts[0]:
                self.report.add(place / sort.value, "is the default, which needs nothing")

    def _narrow_parameters(self, operation):
        """`sort` and `fields` have the operation's own words in place of the general pattern."""
        for index, item in enumerate(operation.inputs):
            if item.shared == "Sort" and operation.sorts:
                words = [sort.value for sort in operation.sorts]
                schema = Schema(item.place, values=words, default=words[0])
            elif item.shared == "Fields" and operation.item:
                names = operation.members
                schema = words_of(item.place, names)
            elif item.shared == "Embed" and operation.embeds:
                schema = words_of(item.place, operation.embeds)
            else:
                continue
            operation.inputs[index] = dataclasses.replace(item, schema=schema,
                                                          default=schema.default)

    # --- who does it, and what can go wrong -----------------------------------------------

    def _check_conventions(self, operation):
        """api.md: preconditions on changes, a retry that is safe on every POST."""
        place, flags = operation.place / "parameters", operation.flags
        if not operation.path.startswith("/v1/"):
            return
        if (operation.method in ("put", "patch", "delete") or operation.is_action) and (
                "if_match" not in flags):
            self.report.add(place, "a change of something that exists needs $ref IfMatch")
        if operation.method == "post" and "idempotency" not in flags and not operation.raw.get(
                "x-unlogged"):
            self.report.add(place, "a POST needs $ref IdempotencyKey or IdempotencyKeyRequired")
        if operation.method == "get" and flags & {"if_match", "idempotency", "dry_run"}:
            self.report.add(place, "GET writes nothing, so it takes no If-Match, Idempotency-Key "
                            "or Prefer")

    def _read_use_case(self, operation):
        raw, place = operation.raw, operation.place
        operation.handler = raw.get("x-handler") is True
        operation.statement = raw.get("x-statement")
        if operation.handler == (operation.statement is not None):
            self.report.add(place, "needs exactly one of x-statement: NAME and x-handler: true")
        if operation.statement is not None and not NAME.match(str(operation.statement)):
            self.report.add(place / "x-statement", "names a statement, e.g. course_list")
        if operation.answer == "ANSWER_RAW" and not operation.handler:
            self.report.add(place / "x-answer", "raw needs x-handler: true")
        operation.parent = raw.get("x-parent")
        if operation.parent is not None and (
                operation.answer != "ANSWER_LIST" or not NAME.match(str(operation.parent))):
            self.report.add(place / "x-parent", "names the statement that finds the item above a "
                            "list")
        operation.struct = raw.get("x-input")
        if operation.struct or operation.records:
            operation.header = self._header(operation)
        if operation.struct is None:
            if operation.handler and operation.fields:
                self.report.add(place / "x-input", "is missing: the struct that holds "
                                + ", ".join(operation.fields))
            return
        if not NAME.match(str(operation.struct)):
            self.report.add(place / "x-input", "names a struct, e.g. registration_create")
        if not operation.fields:
            self.report.add(place / "x-input", "the operation has nothing to put into it")

    def _header(self, operation):
        """x-header of the operation or of its part, else domain/<programme>/<stem>.h."""
        header = operation.raw.get("x-header") or self.sources.load(operation.part).get("x-header")
        header = header or re.sub(r"^api/(.*)\.yaml$", r"domain/\1.h", operation.part)
        if not self.sources.exists(header):
            self.report.add(operation.place / "x-header",
                            f"there is no {header} to declare struct "
                            f"{operation.struct or next(iter(operation.records))}")
        return header

    def _read_problems(self, operation):
        codes, place = operation.raw.get("x-problems", []), operation.place / "x-problems"
        if not isinstance(codes, list):
            self.report.add(place, "is a list of codes")
            return
        for code in codes:
            problem = self.problems.get(code)
            if not problem:
                self.report.add(place, f"{code!r} has no words")
            elif "status" not in problem:
                self.report.add(place, f"{code!r} is a fault of one member, not a problem")
            else:
                operation.problems.append(code)
