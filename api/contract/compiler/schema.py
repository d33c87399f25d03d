"""The closed subset of JSON Schema that the decoder enforces. Anything else is a mistake: the
contract cannot promise what the code does not do."""
import dataclasses
import re

from codes import check_enum
from source import Place

INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1

ANNOTATIONS = {"title", "description", "examples", "default", "deprecated", "readOnly", "writeOnly"}
KEYWORDS = {
    "string": {"format", "enum", "const", "minLength", "maxLength", "pattern"},
    "integer": {"minimum", "maximum"},
    "boolean": set(),
    "array": {"items", "minItems", "maxItems", "uniqueItems", "x-items"},
    "object": {"properties", "required", "additionalProperties", "propertyNames", "minProperties",
               "maxProperties"},
}
FORMATS = {"uuid", "date", "date-time", "email", "uri"}
EXTENSIONS = {"x-flatten", "x-restricted", "x-open", "x-once", "x-codes", "x-embed"}
BESIDE_REF = {"description", "deprecated", "default"} | EXTENSIONS
# What a member of a row (x-items) may be, and how many rows there may be.
ROW_KINDS = {"KIND_TEXT", "KIND_INTEGER", "KIND_BOOLEAN", "KIND_TEXT_LIST"}
ROWS_MAX = 10000
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
C_WORDS = set(
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while bool true false".split())


@dataclasses.dataclass
class Property:
    name: str
    schema: "Schema"
    required: bool
    default: object
    flatten: object  # None, True or "given"
    restricted: str
    once: bool
    embed: bool
    place: Place


@dataclasses.dataclass
class Schema:
    place: Place
    type: str = "string"
    nullable: bool = False
    format: str = None
    values: list = None
    min_length: int = 0
    max_length: int = None
    pattern: str = None
    minimum: int = None
    maximum: int = None
    items: "Schema" = None
    min_items: int = 0
    max_items: int = None
    unique: bool = False
    record: str = None  # x-items: the struct that each item becomes
    properties: list = dataclasses.field(default_factory=list)
    open: bool = False
    map_values: "Schema" = None
    key_pattern: str = None
    min_properties: int = 0
    max_properties: int = None
    examples: list = None
    default: object = None

    @property
    def kind(self):
        """The C type that carries it, as enum kind of domain/base/shape.h has it."""
        if self.record:
            return "KIND_RECORD_LIST"
        if self.type == "array" and self.items.type == "string" and not self.items.nullable:
            return "KIND_TEXT_LIST"
        if self.map_values and self.map_values.type == "string" and not self.map_values.nullable:
            return "KIND_TEXT_MAP"
        return {"string": "KIND_TEXT", "integer": "KIND_INTEGER",
                "boolean": "KIND_BOOLEAN"}.get(self.type, "KIND_JSON")

    def property(self, name):
        return next((p for p in self.properties if p.name == name), None)

    def below(self):
        """Every schema inside this one. None contains itself."""
        for child in [self.items, self.map_values] + [p.schema for p in self.properties]:
            if child is not None:
                yield child
                yield from child.below()


def kind_of_value(value):
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", str: "string", list: "array", dict: "object",
            type(None): "null"}[type(value)]


class SchemaReader:
    """Reads each schema once, wherever it is referred to from."""

    def __init__(self, sources, report, codes):
        self.sources = sources
        self.report = report
        self.codes = codes
        self.read_before = {}
        self.being_read = set()

    def read(self, value, place):
        value, place = self.sources.resolve(value, place)
        if place is None:
            return Schema(Place("?"))
        if place in self.being_read:
            self.report.add(place, "the schema contains itself")
            return Schema(place)
        if place not in self.read_before:
            self.being_read.add(place)
            self.read_before[place] = self._read(value, place)
            self.being_read.discard(place)
        return self.read_before[place]

    def _read(self, value, place):
        schema = Schema(place)
        if not isinstance(value, dict):
            self.report.add(place, "a schema is a mapping")
            return schema
        self._read_type(schema, value)
        allowed = ANNOTATIONS | KEYWORDS[schema.type] | {"type"} | EXTENSIONS
        for key in value:
            if key not in allowed:
                self.report.add(place / key, self._refusal(key, schema.type))
        getattr(self, "_read_" + schema.type)(schema, value)
        if "x-codes" in value:
            check_enum(value["x-codes"], schema.values, self.codes, self.report, place / "x-codes")
        schema.default = value.get("default")
        schema.examples = value.get("examples")
        if schema.examples is not None and not isinstance(schema.examples, list):
            self.report.add(place / "examples", "must be a list")
            schema.examples = None
        if "default" in value:
            self._check_default(schema, schema.default, place / "default")
        for index, example in enumerate(schema.examples or []):
            self._check_value(schema, example, place / "examples" / index)
        return schema

    @staticmethod
    def _refusal(key, type_):
        if any(key in words for words in KEYWORDS.values()):
            return f"keyword {key!r} does not belong to type {type_}"
        return f"keyword {key!r} is not enforced by the decoder"

    def _read_type(self, schema, value):
        types = value.get("type")
        types = types if isinstance(types, list) else [types]
        schema.nullable = "null" in types
        named = [t for t in types if t != "null"]
        if len(named) != 1 or len(types) > 2 or named[0] not in KEYWORDS:
            self.report.add(schema.place / "type", "must be one of string, integer, boolean, "
                            f"array, object, or [that, \"null\"], not {value.get('type')!r}")
            return
        schema.type = named[0]

    def _number(self, value, key, place, lowest=INTEGER_MIN):
        number = value.get(key)
        if number is None:
            return None
        if kind_of_value(number) != "integer" or not lowest <= number <= INTEGER_MAX:
            self.report.add(place / key, f"must be a whole number from {lowest}")
            return None
        return number

    def _pair(self, value, low, high, place, lowest=0):
        """A lower and an upper limit that leave something between them."""
        first = self._number(value, low, place, lowest)
        second = self._number(value, high, place, lowest)
        if first is not None and second is not None and first > second:
            self.report.add(place / low, f"is above {high}")
        return first, second

    def _pattern(self, value, place):
        pattern = value.get("pattern")
        if pattern is None:
            return None
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            self.report.add(place / "pattern", f"is no regular expression: {error}")
            return None
        return pattern

    def _read_string(self, schema, value):
        place = schema.place
        low, schema.max_length = self._pair(value, "minLength", "maxLength", place)
        schema.min_length = low or 0
        schema.pattern = self._pattern(value, place)
        schema.format = value.get("format")
        if schema.format is not None and schema.format not in FORMATS:
            self.report.add(place / "format", f"{schema.format!r} is not enforced by the decoder; "
                            f"known are {', '.join(sorted(FORMATS))}")
            schema.format = None
        values = [value["const"]] if "const" in value else value.get("enum")
        if values is None:
            return
        if not isinstance(values, list) or not values:
            self.report.add(place / "enum", "must be a list of strings")
            return
        schema.values = [v for v in values if not (v is None and schema.nullable)]
        if not all(isinstance(v, str) for v in schema.values):
            self.report.add(place / "enum", "values must be strings (and null when the type says "
                            "so)")
            schema.values = [str(v) for v in schema.values]
        if schema.nullable and "enum" in value and None not in values:
            self.report.add(place / "enum", "lacks null, although the type allows it")
        if len(set(schema.values)) != len(schema.values):
            self.report.add(place / "enum", "names a value twice")

    def _read_integer(self, schema, value):
        schema.minimum, schema.maximum = self._pair(value, "minimum", "maximum", schema.place,
                                                    INTEGER_MIN)

    def _read_boolean(self, schema, value):
        pass

    def _read_array(self, schema, value):
        place = schema.place
        if "items" not in value:
            self.report.add(place, "an array says its items")
        schema.items = self.read(value.get("items", {"type": "string"}), place / "items")
        low, schema.max_items = self._pair(value, "minItems", "maxItems", place)
        schema.min_items = low or 0
        schema.unique = value.get("uniqueItems") is True
        if schema.max_items is None:
            self.report.add(place, "an array needs maxItems")
        elif schema.unique and schema.max_items > 1000:
            self.report.add(place / "uniqueItems", "needs maxItems of at most 1000")
        if "x-items" in value:
            self._read_record(schema, value["x-items"], place / "x-items")

    def _read_record(self, schema, struct, place):
        if not isinstance(struct, str) or not NAME.match(struct):
            self.report.add(place, "names a struct, e.g. attendance_row")
            return
        schema.record = struct
        items = schema.items
        if items.type != "object" or items.map_values or items.nullable or not items.properties:
            self.report.add(items.place, "a row is an object with properties, never null")
        if (schema.max_items or 0) > ROWS_MAX:
            self.report.add(schema.place / "maxItems", f"rows are at most {ROWS_MAX}")
        for member in items.properties:
            if member.flatten or member.schema.kind not in ROW_KINDS:
                self.report.add(member.place, "a row holds strings, integers, booleans and lists of "
                                "strings")
            if member.name in C_WORDS:
                self.report.add(member.place, f"{member.name!r} is a word of C and no name of a "
                                "member")

    def _read_object(self, schema, value):
        place = schema.place
        low, schema.max_properties = self._pair(value, "minProperties", "maxProperties", place)
        schema.min_properties = low or 0
        extra = value.get("additionalProperties")
        if isinstance(extra, dict):
            self._read_map(schema, value, extra)
            return
        if extra is True and value.get("x-open"):
            schema.open = True
        elif extra is not False:
            self.report.add(place, "an object says additionalProperties: false, or a schema when "
                            "it is a map (in an answer also true, with the reason in x-open)")
        if "propertyNames" in value:
            self.report.add(place / "propertyNames", "belongs to a map")
        if "required" not in value and not schema.open:
            self.report.add(place, "an object says which members are required ([] for none)")
        required = value.get("required", [])
        members = value.get("properties", {})
        if not isinstance(members, dict) or not isinstance(required, list):
            self.report.add(place, "properties is a mapping and required a list")
            return
        for name in required:
            if name not in members:
                self.report.add(place / "required", f"{name!r} is not among the properties")
        for name, member in members.items():
            self._read_property(schema, name, member, name in required)

    def _read_map(self, schema, value, extra):
        place = schema.place
        schema.map_values = self.read(extra, place / "additionalProperties")
        names = value.get("propertyNames")
        if not isinstance(names, dict) or not {"pattern"} <= set(names) <= {"type", "pattern"}:
            self.report.add(place, "a map says propertyNames: {pattern: ...} and nothing else of "
                            "them")
        else:
            schema.key_pattern = self._pattern(names, place / "propertyNames")
        for key in ("properties", "required"):
            if key in value:
                self.report.add(place / key, "a map has none")
        if schema.max_properties is None:
            self.report.add(place, "a map needs maxProperties")

    def _read_property(self, schema, name, member, required):
        place = schema.place / "properties" / name
        if not NAME.match(name):
            self.report.add(place, "names are snake_case")
        if not isinstance(member, dict):
            self.report.add(place, "a schema is a mapping")
            return
        if "$ref" in member:
            for key in set(member) - BESIDE_REF - {"$ref"}:
                self.report.add(place / key, "cannot stand beside $ref")
        target = self.read(member, place)
        flatten = member.get("x-flatten")
        if flatten not in (None, True, "given"):
            self.report.add(place / "x-flatten", 'is true, or "given" to bind a struct boolean too')
        if flatten and (target.type != "object" or target.map_values):
            self.report.add(place / "x-flatten", "belongs to an object with properties")
            flatten = None
        default = member.get("default", target.default)
        if "$ref" in member and "default" in member:
            self._check_default(target, default, place / "default")
        schema.properties.append(Property(name, target, required, default, flatten,
                                          member.get("x-restricted"),
                                          member.get("x-once") is True,
                                          member.get("x-embed") is True, place))

    def _check_default(self, schema, value, place):
        if kind_of_value(value) not in ("string", "integer", "boolean"):
            self.report.add(place, "a default is a string, an integer or a boolean")
        self._check_value(schema, value, place)

    def _check_value(self, schema, value, place):
        """A default or an example must itself keep to the schema."""
        for where, message in faults(schema, value, place):
            self.report.add(where, f"does not fit its schema: {message}")


def faults(schema, value, place):
    """What a value breaks, as far as the build can tell (formats are tried by the tests)."""
    kind = kind_of_value(value)
    if kind == "null" and schema.nullable:
        return
    if kind != schema.type:
        yield place, f"{kind} where {schema.type} stands"
    elif kind == "string":
        yield from string_faults(schema, value, place)
    elif kind == "integer":
        if schema.minimum is not None and value < schema.minimum:
            yield place, f"below {schema.minimum}"
        if schema.maximum is not None and value > schema.maximum:
            yield place, f"above {schema.maximum}"
    elif kind == "array":
        if len(value) < schema.min_items or (schema.max_items or len(value)) < len(value):
            yield place, "too few or too many items"
        for index, item in enumerate(value):
            yield from faults(schema.items, item, place / index)
    elif kind == "object":
        yield from object_faults(schema, value, place)


def string_faults(schema, value, place):
    if schema.values is not None and value not in schema.values:
        yield place, f"not one of {', '.join(schema.values)}"
    if len(value) < schema.min_length:
        yield place, f"shorter than {schema.min_length}"
    if schema.max_length is not None and len(value) > schema.max_length:
        yield place, f"longer than {schema.max_length}"
    if schema.pattern and not re.search(schema.pattern, value):
        yield place, f"does not match {schema.pattern}"


def object_faults(schema, value, place):
    if schema.map_values:
        for name, member in value.items():
            if schema.key_pattern and not re.search(schema.key_pattern, name):
                yield place / name, f"the name does not match {schema.key_pattern}"
            yield from faults(schema.map_values, member, place / name)
        return
    for name, member in value.items():
        known = schema.property(name)
        if known:
            yield from faults(known.schema, member, place / name)
        elif not schema.open:
            yield place / name, "unknown member"
    for known in schema.properties:
        if known.required and known.name not in value:
            yield place, f"lacks {known.name}"


def check_request(schema, report, seen=None):
    """Nothing that a client sends is without a limit."""
    seen = set() if seen is None else seen
    if id(schema) in seen:
        return
    seen.add(id(schema))
    place = schema.place
    if schema.type == "string" and not (schema.max_length is not None or schema.values
                                        or schema.format):
        report.add(place, "a string in a request needs maxLength, enum or format")
    if schema.type == "integer" and (schema.minimum is None or schema.maximum is None):
        report.add(place, "an integer in a request needs minimum and maximum")
    if schema.open:
        report.add(place / "additionalProperties", "an object in a request is closed")
    if schema.items:
        check_request(schema.items, report, seen)
    if schema.map_values:
        check_request(schema.map_values, report, seen)
    for member in schema.properties:
        if member.restricted:
            report.add(member.place / "x-restricted", "belongs to answers")
        if member.once:
            report.add(member.place / "x-once", "belongs to answers")
        if member.embed:
            report.add(member.place / "x-embed", "belongs to answers")
        check_request(member.schema, report, seen)


SAMPLES = {
    "uuid": "0190f3a1-7c52-7b1a-9d3e-2f4b6a8c0d1e",
    "date": "2026-03-12",
    "date-time": "2026-03-12T08:00:00Z",
    "email": "kari.eksempelsen@example.no",
    "uri": "https://example.no/",
}


def example_of(schema, report):
    """A value to show, made of the examples at the leaves."""
    if schema.examples:
        return schema.examples[0]
    if schema.type == "object":
        if schema.map_values or schema.open:
            return {}
        return {p.name: property_example(p, report) for p in schema.properties if not p.embed}
    if schema.type == "array":
        return [example_of(schema.items, report)] if schema.max_items != 0 else []
    if schema.nullable:
        return None
    if schema.type == "boolean":
        return schema.default if schema.default is not None else False
    if schema.type == "integer":
        low = schema.minimum if schema.minimum is not None else INTEGER_MIN
        high = schema.maximum if schema.maximum is not None else INTEGER_MAX
        return max(low, min(1, high))
    if schema.values:
        return schema.values[0]
    if schema.format:
        return SAMPLES[schema.format]
    report.add(schema.place, "a string without enum or format needs examples: [...]")
    return ""


def property_example(member, report):
    if member.default is not None and not member.schema.examples:
        return member.default
    return example_of(member.schema, report)
