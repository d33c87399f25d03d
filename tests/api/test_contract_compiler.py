"""The contract compiler: what it refuses, in which words, and what it makes of a contract that is
right. Runs without a server."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

import jsonschema
import pytest
import yaml

from support.words import said

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = ROOT / "api/contract/compile.py"
PART = "api/sample/thing.yaml"

PATHS = """
paths:
  /v1/things: {$ref: "api/sample/thing.yaml#/things"}
  /v1/imports: {$ref: "api/sample/thing.yaml#/imports"}
  /v1/things/{id}/photo: {$ref: "api/sample/thing.yaml#/photo"}
  /v1/things/{id}: {$ref: "api/sample/thing.yaml#/thing"}
"""

GOOD = """
things:
  get:
    operationId: thing_list
    summary: List things
    description: All of them.
    tags: [service]
    security: [{oauth2: [smart:read]}]
    x-permission: sample.thing.read
    x-statement: thing_list
    x-list: {default: title, sort: [title, -title]}
    parameters:
      - $ref: "../../openapi.yaml#/components/parameters/UpdatedSince"
      - name: state
        in: query
        description: Only in this state.
        schema: {type: string, enum: [draft, "no"]}
    responses:
      "200":
        description: Things.
        content:
          application/json:
            schema: {$ref: "#/schemas/ThingList"}
  post:
    operationId: thing_create
    summary: Make a thing
    description: Makes one.
    tags: [service]
    security: [{oauth2: [smart:write]}]
    x-permission: sample.thing.create
    x-handler: true
    x-input: thing_create
    x-problems: [already_exists]
    parameters:
      - $ref: "../../openapi.yaml#/components/parameters/IdempotencyKey"
    requestBody:
      required: true
      content:
        application/json:
          schema: {$ref: "#/schemas/ThingCreate"}
    responses:
      "201":
        description: The thing.
        content:
          application/json:
            schema: {$ref: "#/schemas/Thing"}

thing:
  parameters:
    - $ref: "../../openapi.yaml#/components/parameters/Id"
  get:
    operationId: thing_show
    summary: Show a thing
    description: One of them.
    tags: [service]
    security: []
    x-statement: thing_show
    responses:
      "200":
        description: The thing.
        content:
          application/json:
            schema: {$ref: "#/schemas/Thing"}
  patch:
    operationId: thing_update
    summary: Change a thing
    description: Changes one.
    tags: [service]
    security: [{oauth2: [smart:write]}]
    x-permission: sample.thing.update
    x-handler: true
    x-input: thing_update
    x-transitions: thing
    parameters:
      - $ref: "../../openapi.yaml#/components/parameters/IfMatch"
    requestBody:
      required: true
      content:
        application/merge-patch+json:
          schema: {$ref: "#/schemas/ThingUpdate"}
    responses:
      "200":
        description: The thing.
        content:
          application/json:
            schema: {$ref: "#/schemas/Thing"}

imports:
  post:
    operationId: thing_import
    summary: Import things
    description: Reads a file.
    tags: [service]
    security: [{oauth2: [smart:write]}]
    x-permission: sample.thing.import
    x-handler: true
    x-input: thing_import
    x-body: raw
    parameters:
      - $ref: "../../openapi.yaml#/components/parameters/IdempotencyKey"
    requestBody:
      required: true
      content:
        text/csv: {example: "title\\r\\n"}
    responses:
      "200":
        description: The first thing.
        content:
          application/json:
            schema: {$ref: "#/schemas/Thing"}

photo:
  parameters:
    - $ref: "../../openapi.yaml#/components/parameters/Id"
  get:
    operationId: thing_photo
    summary: A picture of a thing
    description: Its bytes.
    tags: [service]
    security: []
    x-handler: true
    x-input: thing_photo
    x-answer: raw
    responses:
      "200":
        description: The picture.
        content:
          image/png: {}
          image/jpeg: {}

schemas:
  Thing:
    type: object
    additionalProperties: false
    required: [id, title, version]
    properties:
      id: {type: string, format: uuid}
      title: {type: string, examples: [Fem på rad]}
      phone: {type: [string, "null"], x-restricted: smart:contact, examples: ["90000000"]}
      version: {type: integer}
      allowed_actions: {type: array, maxItems: 8, items: {type: string, examples: [close]}}
  ThingList:
    type: object
    additionalProperties: false
    required: [items, next_cursor]
    properties:
      items: {type: array, maxItems: 200, items: {$ref: "#/schemas/Thing"}}
      next_cursor: {type: [string, "null"]}
  ThingCreate:
    type: object
    additionalProperties: false
    required: [title]
    properties:
      title: {type: string, maxLength: 80, examples: [Fem på rad]}
      rank: {type: integer, minimum: 1, maximum: 9}
      place: {$ref: "#/schemas/Place", x-flatten: given}
      rows: {type: array, maxItems: 500, x-items: thing_row, items: {$ref: "#/schemas/Row"}}
  ThingUpdate:
    type: object
    additionalProperties: false
    required: []
    properties:
      title: {type: string, maxLength: 80, examples: [Fem på rad]}
  Place:
    type: object
    additionalProperties: false
    required: [street]
    properties:
      street: {type: string, maxLength: 80, examples: [Banebakken 43]}
  Row:
    type: object
    additionalProperties: false
    required: [number]
    properties:
      number: {type: integer, minimum: 1, maximum: 9}
      words: {type: array, maxItems: 3, items: {type: string, maxLength: 9, examples: [blue]}}
"""


@pytest.fixture
def tree(tmp_path):
    """A repository with the real index and problems, and one part of its own."""
    index = (ROOT / "openapi.yaml").read_text()
    head, tail = re.split(r"^paths:.*?(?=^components:)", index, flags=re.M | re.S)
    for file, text in {
        "openapi.yaml": head + PATHS.lstrip() + "\n" + tail,
        PART: GOOD,
        "domain/sample/thing.h": "",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    (tmp_path / "api/contract").mkdir()
    shutil.copy(ROOT / "api/contract/problems.yaml", tmp_path / "api/contract")
    shutil.copy(ROOT / "api/contract/codes.yaml", tmp_path / "api/contract")
    return tmp_path


def compile_tree(root, *arguments):
    (root / "out").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, COMPILER, "--root", root, "--out", root / "out", *arguments],
        capture_output=True, text=True)


def edit(root, file, old, new):
    text = (root / file).read_text()
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    (root / file).write_text(text.replace(old, new, 1))


def bundle_of(root):
    result = compile_tree(root)
    assert result.returncode == 0, result.stderr
    return json.loads((root / "out/openapi.json").read_text())


# Each case: what stands in the part, what is put in its place, and what the message must hold: the
# place in the file, and the reason.
PART_CASES = [
    # keywords
    ("type: string, maxLength: 80, examples: [Fem på rad]}\n      rank",
     "type: string, maxLength: 80, contentEncoding: base64, examples: [x]}\n      rank",
     "/schemas/ThingCreate/properties/title/contentEncoding: keyword 'contentEncoding' is not enforced"),
    ("  ThingCreate:\n", "  ThingCreate:\n    allOf: []\n",
     "/schemas/ThingCreate/allOf: keyword 'allOf' is not enforced"),
    ("  ThingCreate:\n", "  ThingCreate:\n    oneOf: []\n",
     "/schemas/ThingCreate/oneOf: keyword 'oneOf' is not enforced"),
    ("rank: {type: integer, minimum: 1", "rank: {type: integer, multipleOf: 2, minimum: 1",
     "/schemas/ThingCreate/properties/rank/multipleOf: keyword"),
    ("rank: {type: integer, minimum: 1", "rank: {type: integer, minLength: 2, minimum: 1",
     "rank/minLength: keyword 'minLength' does not belong to type integer"),
    ("rank: {type: integer", "rank: {type: number",
     "/schemas/ThingCreate/properties/rank/type: must be one of string"),
    ("rank: {type: integer", "rank: {type: [integer, string]",
     "/schemas/ThingCreate/properties/rank/type: must be one of string"),
    ("format: uuid}\n      title", "format: ipv4}\n      title",
     "/schemas/Thing/properties/id/format: 'ipv4' is not enforced"),
    ("rank: {type: integer, minimum: 1, maximum: 9}", "rank: {type: integer, minimum: 9, maximum: 1}",
     "/schemas/ThingCreate/properties/rank/minimum: is above maximum"),
    ("rank: {type: integer, minimum: 1", "rank: {type: integer, minimum: 1.5",
     "rank/minimum: must be a whole number"),
    ("title: {type: string, maxLength: 80, examples: [Fem på rad]}\n      rank",
     "title: {type: string, maxLength: 80, pattern: '[', examples: [x]}\n      rank",
     "/schemas/ThingCreate/properties/title/pattern: is no regular expression"),
    ('enum: [draft, "no"]', "enum: [draft, 7]",
     "/things/get/parameters/1/schema/enum: values must be strings"),
    ('enum: [draft, "no"]', "enum: [draft, draft]", "/schema/enum: names a value twice"),
    ("x-flatten: given}", "oneOf: []}", "/schemas/ThingCreate/properties/place/oneOf: cannot stand"),
    ("x-flatten: given}", "x-flatten: perhaps}", "place/x-flatten: is true, or"),
    ("rank: {type: integer,", "rank: {x-flatten: true, type: integer,",
     "rank/x-flatten: belongs to an object"),
    # closed objects, limits
    ("  Place:\n    type: object\n    additionalProperties: false\n", "  Place:\n    type: object\n",
     "/schemas/Place: an object says additionalProperties: false"),
    ("  Place:\n    type: object\n    additionalProperties: false\n",
     "  Place:\n    type: object\n    additionalProperties: true\n",
     "/schemas/Place: an object says additionalProperties: false"),
    ("  Place:\n    type: object\n    additionalProperties: false\n",
     "  Place:\n    type: object\n    additionalProperties: true\n    x-open: because\n",
     "/schemas/Place/additionalProperties: an object in a request is closed"),
    ("    required: [street]\n", "", "/schemas/Place: an object says which members are required"),
    ("required: [street]", "required: [road]", "/schemas/Place/required: 'road' is not among"),
    ("street: {type: string, maxLength: 80,", "street: {type: string,",
     "/schemas/Place/properties/street: a string in a request needs maxLength, enum or format"),
    ("minimum: 1, maximum: 9", "minimum: 1",
     "/schemas/ThingCreate/properties/rank: an integer in a request needs minimum and maximum"),
    ("items: {type: array, maxItems: 200, items", "items: {type: array, items",
     "/schemas/ThingList/properties/items: an array needs maxItems"),
    ("rank: {type: integer, minimum: 1, maximum: 9}",
     "rank: {type: object, additionalProperties: {type: string, maxLength: 9}, maxProperties: 9}",
     "/schemas/ThingCreate/properties/rank: a map says propertyNames"),
    ("rank: {type: integer, minimum: 1, maximum: 9}",
     "rank: {type: object, additionalProperties: {type: string, maxLength: 9}, "
     "propertyNames: {pattern: '^a'}}",
     "/schemas/ThingCreate/properties/rank: a map needs maxProperties"),
    ("      street:", "      Street:", "/schemas/Place/properties/Street: names are snake_case"),
    # values
    ("rank: {type: integer, minimum: 1, maximum: 9}",
     "rank: {type: integer, minimum: 1, maximum: 9, default: 10}",
     "rank/default: does not fit its schema: above 9"),
    ("examples: [Banebakken 43]", "examples: [7]",
     "/schemas/Place/properties/street/examples/0: does not fit its schema: integer where string"),
    ("title: {type: string, examples: [Fem på rad]}", "title: {type: string}",
     "/schemas/Thing/properties/title: a string without enum or format needs examples"),
    # rows
    ("x-items: thing_row", "x-items: Thing-Row",
     "/schemas/ThingCreate/properties/rows/x-items: names a struct"),
    ("x-items: thing_row", "x-items: [thing_row]", "rows/x-items: names a struct"),
    ("maxItems: 500", "maxItems: 10001", "rows/maxItems: rows are at most 10000"),
    ('items: {$ref: "#/schemas/Row"}}', "items: {type: string, maxLength: 9}}",
     "rows/items: a row is an object with properties"),
    ("  Row:\n    type: object\n", '  Row:\n    type: [object, "null"]\n',
     "/schemas/Row: a row is an object with properties, never null"),
    ("number: {type: integer, minimum: 1, maximum: 9}", 'number: {$ref: "#/schemas/Place"}',
     "/schemas/Row/properties/number: a row holds strings, integers, booleans and lists of strings"),
    ("number: {type: integer, minimum: 1, maximum: 9}",
     'number: {$ref: "#/schemas/Place", x-flatten: true}', "/schemas/Row/properties/number: a row holds"),
    ("number: {type: integer, minimum: 1, maximum: 9}",
     "number: {type: object, additionalProperties: {type: string, maxLength: 9}, maxProperties: 9, "
     "propertyNames: {pattern: '^a'}}", "/schemas/Row/properties/number: a row holds"),
    ("number: {type: integer, minimum: 1, maximum: 9}",
     'number: {type: array, maxItems: 2, x-items: thing_place, items: {$ref: "#/schemas/Place"}}',
     "/schemas/Row/properties/number: a row holds"),
    ("required: [number]\n    properties:\n      number:",
     "required: [register]\n    properties:\n      register:",
     "/schemas/Row/properties/register: 'register' is a word of C"),
    ("rank: {type: integer,", "rank: {x-items: thing_rank, type: integer,",
     "rank/x-items: keyword 'x-items' does not belong to type integer"),
    ('rows: {type: array, maxItems: 500, x-items: thing_row, items: {$ref: "#/schemas/Row"}}',
     'rows: {$ref: "#/schemas/Rows", x-items: thing_row}',
     "rows/x-items: cannot stand beside $ref"),
    ('rows: {type: array, maxItems: 500, x-items: thing_row, items: {$ref: "#/schemas/Row"}}',
     'rows: {type: array, maxItems: 5, items: {type: array, maxItems: 500, x-items: thing_row, '
     'items: {$ref: "#/schemas/Row"}}}',
     "/schemas/ThingCreate/properties/rows/items/x-items: belongs to a member of the body itself"),
    ('allowed_actions: {type: array, maxItems: 8, items: {type: string, examples: [close]}}',
     'allowed_actions: {type: array, maxItems: 8, x-items: thing_row, items: {$ref: "#/schemas/Row"}}',
     "/schemas/Thing/properties/allowed_actions/x-items: belongs to a member of the body"),
    ("    x-input: thing_create\n", "    x-input: thing_create\n    x-body-max: 65536\n",
     "/things/post/x-body-max: is a number of bytes above 65536"),
    ("    x-input: thing_create\n", "    x-input: thing_create\n    x-body-max: 8388609\n",
     "/things/post/x-body-max: is a number of bytes above 65536, which every body may have, up to "
     "8388608"),
    ("    x-input: thing_create\n", "    x-input: thing_create\n    x-body-max: 1 MiB\n",
     "/things/post/x-body-max: is a number"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    x-body-max: 100000\n",
     "/thing/get/x-body-max: belongs to a body"),
    # raw bodies
    ("x-body: raw", "x-body: bytes", "/imports/post/x-body: is raw or not there"),
    ("    x-body: raw\n", "", "/imports/post/requestBody/content: must be one of application/json"),
    ("text/csv: {example:", "csv: {example:", "/imports/post/requestBody/content: of a raw body names"),
    ('text/csv: {example: "title\\r\\n"}', "application/json: {}",
     "/imports/post/requestBody/content: of a raw body names media types other than"),
    ('text/csv: {example: "title\\r\\n"}', "{}",
     "/imports/post/requestBody/content: of a raw body names media types"),
    ('text/csv: {example: "title\\r\\n"}', 'text/csv: {example: "a"}\n        image/png: {}',
     "/imports/post/requestBody/content: is text or is not"),
    ('text/csv: {example: "title\\r\\n"}', "text/csv: {}",
     "content/text~1csv: text has an example"),
    ('text/csv: {example: "title\\r\\n"}', 'image/png: {example: "a"}',
     "content/image~1png: text has an example, and nothing else has"),
    ('text/csv: {example: "title\\r\\n"}', 'text/csv: {example: "a", schema: {type: string}}',
     "content/text~1csv/schema: of a raw body is not enforced by the decoder"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    x-body: raw\n",
     "/thing/get/x-body: belongs to a body"),
    ("    x-transitions: thing\n", "    x-transitions: thing\n    x-body: raw\n",
     "/thing/patch/x-body: belongs to POST and PUT"),
    ("    x-body: raw\n    parameters:\n", "    x-body: raw\n    parameters:\n      - {name: body, in: query, "
     "description: One too many., schema: {type: boolean}}\n",
     "/imports/post/x-body: the struct has 'body' twice"),
    # raw answers
    ("    x-handler: true\n    x-input: thing_photo\n", "    x-statement: thing_photo\n",
     "/photo/get/x-answer: raw needs x-handler"),
    ("    x-body: raw\n", "    x-body: raw\n    x-answer: raw\n",
     "/imports/post/x-answer: raw belongs to GET under /v1/"),
    ("    x-answer: raw\n", "    x-answer: bytes\n", "/photo/get/x-answer: is raw or not there"),
    ("          image/png: {}\n", "          image/png: {schema: {type: number}}\n",
     "content/image~1png/schema/type: must be one of string"),
    # references
    ('x-list: {default: title', 'x-list: {default: name', "/things/get/x-list: needs sort"),
    ('schema: {$ref: "#/schemas/ThingUpdate"}', 'schema: {$ref: "#/schemas/Nothing"}',
     "$ref '#/schemas/Nothing' names nothing"),
    ('schema: {$ref: "#/schemas/ThingUpdate"}', 'schema: {$ref: "other.yaml#/schemas/X"}',
     "cannot read api/sample/other.yaml"),
    ('schema: {$ref: "#/schemas/ThingUpdate"}', 'schema: {$ref: "../../../x.yaml#/schemas/X"}',
     "leaves the repository"),
    ('schema: {$ref: "#/schemas/ThingUpdate"}', 'schema: {$ref: ThingUpdate}',
     "must be FILE#/POINTER"),
    ('street: {type: string, maxLength: 80, examples: [Banebakken 43]}',
     'street: {$ref: "#/schemas/Place"}', "the schema contains itself"),
    ("schemas:\n", "left_over:\n  get: {}\nschemas:\n", f"{PART}: /left_over: no path of the index"),
    # operations
    ("    operationId: thing_create\n", "", "/things/post/operationId: must be a snake_case name"),
    ("operationId: thing_create", "operationId: thing_list", "operationId: 'thing_list' is also that of"),
    ("    summary: List things\n", "", "/things/get/summary: is missing"),
    ("    description: All of them.\n", "", "/things/get/description: is missing"),
    ("tags: [service]", "tags: [nothing]", "/things/get/tags: must be one tag that the index describes"),
    ("    x-statement: thing_show\n", "", "/thing/get: needs exactly one of x-statement"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    x-handler: true\n",
     "/thing/get: needs exactly one of x-statement"),
    ("    x-input: thing_create\n", "", "/things/post/x-input: is missing: the struct that holds title"),
    ("    x-input: thing_create\n", "    x-input: thing_create\n    x-header: domain/no.h\n",
     "/things/post/x-header: there is no domain/no.h to declare struct thing_create"),
    ("    x-handler: true\n", "    x-handler: true\n    x-colour: red\n",
     "/things/post/x-colour: is not known to the compiler"),
    ("x-problems: [already_exists]", "x-problems: [no_such_code]",
     "/things/post/x-problems: 'no_such_code' has no words"),
    ("x-problems: [already_exists]", "x-problems: [too_long]",
     "/things/post/x-problems: 'too_long' is a fault of one member"),
    ("    security: []\n", "", "/thing/get/security: must be said"),
    ("security: [{oauth2: [smart:read]}]", "security: [{oauth2: [smart:all]}]",
     "/things/get/security: scope 'smart:all' is not declared"),
    ("security: [{oauth2: [smart:read]}]", "security: [{oauth2: [smart:read, smart:write]}]",
     "/things/get/security: oauth2 takes one scope at most"),
    ("security: [{oauth2: [smart:read]}]", "security: [{cookie: []}]",
     "/things/get/security: 'cookie' is neither oauth2 nor a basic scheme"),
    ("security: []", "security: []\n    x-permission: sample.thing.read",
     "/thing/get/x-permission: cannot be asked of an operation that needs no token"),
    ("x-permission: sample.thing.read", "x-permission: Reader", "/things/get/x-permission: is like"),
    ("x-restricted: smart:contact", "x-restricted: smart:all",
     "phone/x-restricted: scope 'smart:all' is not declared"),
    ('phone: {type: [string, "null"]', "phone: {type: string",
     "/schemas/Thing/properties/phone: is masked as null"),
    ("street: {type: string,", "street: {x-restricted: smart:contact, type: string,",
     "/schemas/Place/properties/street/x-restricted: belongs to answers"),
    ('allowed_actions: {type: array, maxItems: 8, items: {type: string, examples: [close]}}',
     'place: {type: object, additionalProperties: false, required: [], properties: {a: {type: '
     '[string, "null"], x-restricted: smart:contact}}}',
     "properties/a/x-restricted: is masked only among the item's own properties"),
    ('      allowed_actions: {type: array, maxItems: 8, items: {type: string, examples: [close]}}\n',
     "", "/schemas/Thing: x-transitions adds allowed_actions"),
    # codes, and secrets that are shown once
    ("title: {type: string, examples: [Fem på rad]}",
     "title: {type: string, x-codes: colour, enum: [red]}",
     "/schemas/Thing/properties/title/x-codes: 'colour' has no labels"),
    ("title: {type: string, examples: [Fem på rad]}",
     "title: {type: string, x-codes: gender, enum: [female, male, other]}",
     "properties/title/x-codes: the enum is not the list gender: undisclosed"),
    ("title: {type: string, examples: [Fem på rad]}",
     "title: {type: string, x-codes: gender, examples: [male]}",
     "/schemas/Thing/properties/title/x-codes: belongs to an enum"),
    ("x-restricted: smart:contact", "x-once: true",
     "phone/x-once: belongs to the item that a write answers"),
    ("title: {type: string, examples: [Fem på rad]}",
     "title: {type: string, x-once: true, examples: [Fem på rad]}",
     "/schemas/Thing/properties/title/x-once: marks one member, a string or null"),
    ("street: {type: string,", "street: {x-once: true, type: string,",
     "/schemas/Place/properties/street/x-once: belongs to answers"),
    # lists
    ("sort: [title, -title]", "sort: [title, colour]", "x-list/sort: 'colour' is not a property"),
    ("sort: [title, -title]", "sort: [title, phone]",
     "x-list/sort: 'phone' must be a required string or integer that is never null"),
    ("sort: [title, -title]}", "sort: [title, phone], by: {phone: phone}}",
     "/things/get/x-list/by: maps a property that may be null to the column _name"),
    ("sort: [title, -title]}", "sort: [title, -title], needs: {-title: q}}",
     "/things/get/x-list/needs: maps a sort to an optional parameter"),
    ("sort: [title, -title]}", "sort: [title, -title], needs: {phone: updated_since}}",
     "/things/get/x-list/needs/phone: is not sorted by"),
    ("sort: [title, -title]}", "sort: [title, -title], needs: {title: updated_since}}",
     "/things/get/x-list/needs/title: is the default, which needs nothing"),
    ("sort: [title, -title]}", "sort: [title, -title], by: {phone: _phone}}",
     "/things/get/x-list/by/phone: is not sorted by"),
    ("id: {type: string, format: uuid}\n      title", "id: {type: integer}\n      title",
     "/schemas/Thing/properties/id: pages of a list end at an id: a required uuid"),
    ("required: [id, title, version]", "required: [title, version]",
     "/schemas/Thing/properties/id: pages of a list end at an id: a required uuid"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    x-parent: thing_show\n",
     "/thing/get/x-parent: names the statement that finds the item above a list"),
    ('      - $ref: "../../openapi.yaml#/components/parameters/UpdatedSince"\n', "",
     "/things/get/parameters: every list takes updated_since"),
    ("next_cursor: {type: [string, \"null\"]}", "next_cursor: {type: [string, \"null\"]}\n"
     "      total: {type: integer}", "/schemas/ThingList: a list answers {items"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    parameters:\n"
     '      - $ref: "../../openapi.yaml#/components/parameters/Limit"\n',
     "/thing/get/parameters: 'limit' belongs to lists"),
    # related items
    ("title: {type: string, examples: [Fem på rad]}",
     "title: {type: string, x-embed: true, examples: [Fem på rad]}",
     "/schemas/Thing/properties/title/x-embed: is left out at times, so it is not required"),
    ("x-restricted: smart:contact", "x-embed: true",
     "/schemas/Thing/properties/phone/x-embed: marks an object or an array"),
    ("street: {type: string,", "street: {x-embed: true, type: string,",
     "/schemas/Place/properties/street/x-embed: belongs to answers"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    parameters:\n"
     '      - $ref: "../../openapi.yaml#/components/parameters/Embed"\n',
     "/thing/get/parameters: 'embed' belongs to items with x-embed members"),
    # inputs
    ("        in: query\n", "        in: cookie\n", "/things/get/parameters/1: needs name and in"),
    ("        description: Only in this state.\n", "",
     "/things/get/parameters/1/description: is missing"),
    ('schema: {type: string, enum: [draft, "no"]}', "schema: {type: string}",
     "/things/get/parameters/1/schema: a string in a request needs"),
    ('schema: {type: string, enum: [draft, "no"]}',
     "schema: {type: array, maxItems: 2, items: {type: string, enum: [a]}}",
     "/things/get/parameters/1: a list stands in the query, with explode: false"),
    ("      - name: state\n", "      - name: while\n", "parameters/1: 'while' is a word of C"),
    ("  parameters:\n    - $ref: \"../../openapi.yaml#/components/parameters/Id\"\n  get:",
     "  get:", "/thing/get/parameters: lacks the path parameter 'id'"),
    ("      rank: {type", "      place_street: {type", "the struct has 'place_street' twice"),
    ("application/merge-patch+json", "application/json", "PATCH, and PATCH alone, takes merge-patch"),
    ("application/json:\n          schema: {$ref: \"#/schemas/ThingCreate\"}",
     "text/plain:\n          schema: {$ref: \"#/schemas/ThingCreate\"}",
     "/things/post/requestBody/content: must be one of application/json"),
    ("      required: true\n      content:\n        application/json", "      content:\n        application/json",
     "/things/post/requestBody/required: must be true"),
    ("  ThingUpdate:\n    type: object\n    additionalProperties: false\n    required: []\n    properties:\n",
     "  ThingUpdate:\n    type: object\n    additionalProperties: false\n    required: []\n    properties:\n"
     "      place: {$ref: \"#/schemas/Place\"}\n",
     "/schemas/ThingUpdate/properties/place: an object in a merge patch is x-flatten"),
    ('      - $ref: "../../openapi.yaml#/components/parameters/IfMatch"\n', "      []\n",
     "/thing/patch/parameters: a change of something that exists needs $ref IfMatch"),
    ('      - $ref: "../../openapi.yaml#/components/parameters/IdempotencyKey"\n', "      []\n",
     "/things/post/parameters: a POST needs $ref IdempotencyKey"),
    ("    x-statement: thing_show\n", "    x-statement: thing_show\n    parameters:\n"
     '      - $ref: "../../openapi.yaml#/components/parameters/Prefer"\n',
     "/thing/get/parameters: GET writes nothing"),
    # answers
    ('      "201":\n', '      "202": {description: Later}\n      "201":\n',
     "/things/post/responses: must have exactly one answer 2xx"),
    ('      "201":\n', '      "204":\n', "/things/post/responses/204: 204, and 204 alone, has no content"),
    ('      "201":\n', '      "abc": {description: x}\n      "201":\n',
     "/things/post/responses/abc: is not a status"),
    ("    x-handler: true\n    x-input: thing_create\n",
     "    x-handler: true\n    x-input: thing_create\n    x-location: /v1/others/{id}\n",
     "/things/post/x-location: 201 needs the path of the item"),
    # YAML
    ("operationId: thing_list", "operationId: thing_list\n    operationId: twice",
     f"{PART}: line 5: the key 'operationId' is given twice"),
    ("schemas:\n", "schemas:\n  - x\n  y: z\n", f"{PART}: line"),
    ("      title: {type: string, maxLength: 80, examples: [Fem på rad]}\n  Place",
     "      null: {type: string}\n  Place", "is not a string; quote it"),
]


@pytest.mark.parametrize("old, new, message", PART_CASES, ids=[c[2][-60:] for c in PART_CASES])
def test_a_broken_part_is_refused(tree, old, new, message):
    edit(tree, PART, old, new)
    result = compile_tree(tree)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((tree / "out").iterdir())


INDEX_CASES = [
    ('  /v1/things: {$ref: "api/sample/thing.yaml#/things"}', "  /v1/things: {get: {}}",
     "openapi.yaml: /paths/~1v1~1things: a path is a $ref"),
    ("  /v1/things/{id}:", "  /v1/things/{id}/:", "a path is /segment/{name}/..."),
    ("  /v1/things/{id}:", "  /v1/things/{Id}:", "a path is /segment/{name}/..."),
    ("  /v1/things/{id}:", "  /v1/a/b/c/d/e/f/g/h/i/j/k/{id}:", "more than 12 segments"),
    ("\ncomponents:", '  /v1/things/{other}: {$ref: "api/sample/thing.yaml#/thing"}\n\ncomponents:',
     "is the same route as /v1/things/{id}"),
    ("    NotAcceptable:\n", "    Other:\n", "/components/responses: lacks NotAcceptable"),
]


@pytest.mark.parametrize("old, new, message", INDEX_CASES, ids=[c[2][-60:] for c in INDEX_CASES])
def test_a_broken_index_is_refused(tree, old, new, message):
    edit(tree, "openapi.yaml", old, new)
    result = compile_tree(tree)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


PROBLEM_CASES = [
    ("  status: 404\n", "", "problems.yaml: /not_found: needs status"),
    ("  status: 404\n", "  status: 200\n", "/not_found/status: is not 4xx or 5xx"),
    ("    title: Finst ikkje\n", "", "/not_found/nn: needs title and detail"),
    ("linje {line}, kolonne {column}, og send han", "linje {line}, og send han",
     "/malformed_json/nn: does not use the same {arguments} as nb"),
    ("not_found:\n", "NotFound:\n", "/NotFound: is not a snake_case code"),
    ("not_found:\n", "not_found:\n  colour: red\n", "/not_found/colour: is not known"),
    ("    title: Feltet står fleire gonger\n    detail: Eit felt kan berre stå éin gong i det same objektet.",
     "    title: Feltet står flere ganger\n    detail: Et felt kan bare stå én gang i det samme objektet.",
     "/duplicate_member/nn: is nb copied"),
]


@pytest.mark.parametrize("old, new, message", PROBLEM_CASES, ids=[c[2][-60:] for c in PROBLEM_CASES])
def test_a_broken_problem_is_refused(tree, old, new, message):
    edit(tree, "api/contract/problems.yaml", old, new)
    result = compile_tree(tree)
    assert result.returncode != 0
    assert message in result.stderr


@pytest.mark.parametrize("old, new, message", [
    ("  male: {nb: Mann, nn: Mann, en: Male}\n", "  male: {nb: Mann, en: Male}\n",
     "codes.yaml: /gender/male: needs a label in each of nb, nn, en"),
    ("  male: {nb: Mann, nn: Mann, en: Male}\n", "  Male: {nb: Mann, nn: Mann, en: Male}\n",
     "codes.yaml: /gender/Male: is not a code"),
    ("letter_language:\n", "empty_list: {}\n\nletter_language:\n",
     "codes.yaml: /empty_list: is not a snake_case name with codes"),
])
def test_codes_without_their_words_are_refused(tree, old, new, message):
    edit(tree, "api/contract/codes.yaml", old, new)
    result = compile_tree(tree)
    assert result.returncode != 0
    assert message in result.stderr


WORDS = """
problems:
  thing_is_lent:
    status: 409
    nb: {title: Tingen er lånt ut, detail: Vent til den er levert.}
    nn: {title: Tingen er lånt ut, detail: Vent til han er levert.}
    en: {title: The thing is lent, detail: Wait until it is back.}
labels:
  colour:
    red: {nb: Rød, nn: Raud, en: Red}
"""


def test_a_part_has_words_of_its_own(tree):
    (tree / PART).write_text((tree / PART).read_text() + WORDS)
    assert compile_tree(tree).returncode == 0
    tables = (tree / "out/contract_tables.c").read_text()
    assert "thing_is_lent" in tables and "Raud" in tables
    assert "thing_is_lent" not in (tree / "out/openapi.yaml").read_text()


@pytest.mark.parametrize("old, new, message", [
    ("thing_is_lent", "not_found", "/problems/not_found: is said in api/contract/problems.yaml"),
    ("  colour:", "  gender:", "/labels/gender: is said in api/contract/codes.yaml"),
    ("    status: 409\n", "", "/problems/thing_is_lent: needs status"),
    ("nn: Raud, ", "", "/labels/colour/red: needs a label in each of nb, nn, en"),
    ("labels:\n  colour:\n    red: {nb: Rød, nn: Raud, en: Red}\n", "labels: red\n",
     "/labels: is not a mapping"),
])
def test_broken_words_of_a_part_are_refused(tree, old, new, message):
    assert old in WORDS
    (tree / PART).write_text((tree / PART).read_text() + WORDS.replace(old, new))
    result = compile_tree(tree)
    assert result.returncode != 0
    assert message in result.stderr and "Traceback" not in result.stderr


LETTERS = """
labels:
  notification_kind:
    thing_lent: {nb: Utlånt, nn: Utlånt, en: Lent}
letters:
  thing_lent:
    nb: {subject: "Lånt: {course_title}", body: "Lever den {offer_expires_at}."}
    nn: {subject: "Lånt: {course_title}", body: "Lever han {offer_expires_at}."}
    en: {subject: "Lent: {course_title}", body: "Return it by {offer_expires_at}."}
"""


def lend(tree, letters=LETTERS):
    (tree / "api/notify").mkdir(exist_ok=True)
    shutil.copy(ROOT / "api/notify/letters.yaml", tree / "api/notify")
    (tree / PART).write_text((tree / PART).read_text() + letters)
    return compile_tree(tree)


def test_a_part_has_letters_of_its_own(tree):
    result = lend(tree)
    assert result.returncode == 0, result.stderr
    tables = (tree / "out/contract_tables.c").read_text()
    assert "Hei {name}!\\n\\nLever den {offer_expires_at}.\\n\\nVennlig hilsen" in tables


@pytest.mark.parametrize("old, new, message", [
    ("  thing_lent:\n    nb", "  thing_given:\n    nb",
     "letters.yaml: /: the kinds of letters are not the list notification_kind: thing_given, thing_lent"),
    ("{offer_expires_at}", "{due_at}", "/letters/thing_lent/nb: {due_at} is no fact of"),
    ("{offer_expires_at}", "{offer_expires_at", "/letters/thing_lent/nb: {offer_expires_at. is no fact"),
    ("{offer_expires_at}", "{venue}", "/nn: does not tell the same facts as the other languages"),
    ('"Lånt: {course_title}"', '"Lånt: {name}"', "/nb/subject: is one line, of facts that are always"),
    ('"Lånt: {course_title}"', '"A\\nB {course_title}"', "/nb/subject: is one line"),
    (', body: "Lever den {offer_expires_at}."', "", "/nb: needs subject and body"),
    ("    en: {subject", "    de: {subject", "/letters/thing_lent: needs a snake_case name and nb, nn, en"),
    ("Lever han", "Lever den", "/letters/thing_lent/nn: is nb copied; write it in Nynorsk"),
])
def test_broken_letters_are_refused(tree, old, new, message):
    assert old in LETTERS
    result = lend(tree, LETTERS.replace(old, new, 1))
    assert result.returncode != 0
    assert message in result.stderr and "Traceback" not in result.stderr


def test_all_mistakes_are_told_at_once(tree):
    edit(tree, PART, "    summary: List things\n", "")
    edit(tree, PART, "street: {type: string, maxLength: 80,", "street: {type: string,")
    edit(tree, "api/contract/problems.yaml", "  status: 404\n", "")
    result = compile_tree(tree)
    assert "3 mistake(s)" in result.stderr


def test_names_are_unique_over_all_parts(tree):
    text = (tree / PART).read_text().split("schemas:\n")[1]
    (tree / "api/sample/other.yaml").write_text(
        GOOD.replace("thing_", "other_").replace("x-input: other_", "x-header: domain/sample/thing.h\n"
                                                 "    x-input: thing_"))
    edit(tree, "openapi.yaml", "\ncomponents:",
         '  /v1/others: {$ref: "api/sample/other.yaml#/things"}\n'
         '  /v1/others/{id}: {$ref: "api/sample/other.yaml#/thing"}\n'
         '  /v1/other-imports: {$ref: "api/sample/other.yaml#/imports"}\n'
         '  /v1/others/{id}/photo: {$ref: "api/sample/other.yaml#/photo"}\n\ncomponents:')
    assert "Thing:" in text
    assert "the name 'Thing' is also in" in compile_tree(tree).stderr


def test_the_depfile_names_every_file_even_with_spaces(tree, tmp_path_factory):
    root = tmp_path_factory.mktemp("a b") / "c d"
    shutil.copytree(tree, root)
    result = compile_tree(root, "--depfile", root / "out/contract.d")
    assert result.returncode == 0, result.stderr
    text = (root / "out/contract.d").read_text()
    files = [f.replace("\\ ", " ") for f in re.split(r"(?<!\\) ", text.split(": ", 1)[1].strip())]
    assert all(pathlib.Path(f).is_file() for f in files)
    assert {str(root / "openapi.yaml"), str(root / PART),
            str(root / "api/contract/problems.yaml"), str(COMPILER)} <= set(files)


def test_the_bundle_says_what_follows_from_the_nature_of_an_operation(tree):
    paths = bundle_of(tree)["paths"]
    always = {"400", "406", "429", "500", "503"}
    assert set(paths["/v1/things"]["get"]["responses"]) == always | {"200", "401", "403"}
    assert set(paths["/v1/things"]["post"]["responses"]) == always | {
        "201", "401", "403", "409", "413", "415", "422"}
    assert set(paths["/v1/things/{id}"]["get"]["responses"]) == always | {"200", "304", "404"}
    assert set(paths["/v1/things/{id}"]["patch"]["responses"]) == always | {
        "200", "401", "403", "404", "412", "413", "415", "422", "428"}


def test_the_bundle_writes_lists_out(tree):
    operation = bundle_of(tree)["paths"]["/v1/things"]["get"]
    named = {p["name"]: p for p in operation["parameters"] if "name" in p}
    shared = {p["$ref"].split("/")[-1] for p in operation["parameters"] if "$ref" in p}
    assert named["sort"]["schema"] == {"type": "string", "enum": ["title", "-title"], "default": "title"}
    assert named["fields"]["schema"]["items"]["enum"] == ["id", "title", "phone", "version"]
    assert named["state"]["schema"]["enum"] == ["draft", "no"]
    assert {"Limit", "Cursor", "Count", "UpdatedSince"} <= shared
    assert set(operation["responses"]["200"]["content"]) == {
        "application/json", "text/csv", "application/x-ndjson",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def test_a_property_that_may_be_null_is_sorted_by_a_column_of_its_own(tree):
    edit(tree, PART, "sort: [title, -title]}", "sort: [title, -phone], by: {phone: _phone}}")
    bundle_of(tree)
    tables = (tree / "out/contract_tables.c").read_text()
    assert '{"-phone", {"_phone", "text", true, "id"}, NULL}' in tables


def test_an_order_may_need_a_parameter(tree):
    edit(tree, PART, "sort: [title, -title]}",
         "sort: [title, phone], by: {phone: _phone}, needs: {phone: updated_since}}")
    bundle_of(tree)
    tables = (tree / "out/contract_tables.c").read_text()
    assert '{"phone", {"_phone", "text", false, "id"}, "updated_since"}' in tables


def test_the_rows_of_a_computed_view_are_told_apart_by_a_hidden_column(tree):
    edit(tree, PART, 'items: {$ref: "#/schemas/Thing"}', 'items: {$ref: "#/schemas/Total"}')
    edit(tree, PART, "\nschemas:\n", "\nschemas:\n  Total:\n    type: object\n    additionalProperties: false\n"
         "    required: [title]\n    properties: {title: {type: string, examples: [Fem på rad]}}\n")
    operation = bundle_of(tree)["paths"]["/v1/things"]["get"]
    fields = next(p for p in operation["parameters"] if p.get("name") == "fields")
    assert fields["schema"]["items"]["enum"] == ["title"]
    assert '{"title", {"title", "text", false, "_id"}, NULL}' in (tree / "out/contract_tables.c").read_text()


OWNER = """      owner:
        type: [object, "null"]
        x-embed: true
        additionalProperties: false
        required: [name]
        properties: {name: {type: string, examples: [Eier]}}
"""


def test_reads_take_what_their_items_may_embed(tree):
    edit(tree, PART, "      phone: {type: [string", OWNER + "      phone: {type: [string")
    bundle = bundle_of(tree)
    for path in ("/v1/things", "/v1/things/{id}"):
        (embed,) = [p for p in bundle["paths"][path]["get"]["parameters"] if p.get("name") == "embed"]
        assert embed["schema"]["items"]["enum"] == ["owner"] and embed["explode"] is False
    assert "embed" not in json.dumps(bundle["paths"]["/v1/things/{id}"]["patch"]["parameters"])
    (fields,) = [p for p in bundle["paths"]["/v1/things"]["get"]["parameters"] if p.get("name") == "fields"]
    assert "owner" not in fields["schema"]["items"]["enum"]  # it comes when it is asked for by embed
    shown = bundle["paths"]["/v1/things/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert "owner" not in shown["example"] and "x-embed" not in json.dumps(bundle)
    tables = (tree / "out/contract_tables.c").read_text()
    assert "struct text_list embed;" in tables and tables.count(".embeds = words_") == 5


def test_what_embeds_is_read_by_a_statement(tree):
    edit(tree, PART, "      phone: {type: [string", OWNER + "      phone: {type: [string")
    edit(tree, PART, "    x-statement: thing_show\n", "    x-handler: true\n    x-input: thing_show\n")
    result = compile_tree(tree)
    assert result.returncode != 0
    assert "/thing/get/x-statement: is missing: who has x-embed members" in result.stderr


def test_a_list_names_what_finds_the_item_above_it(tree):
    edit(tree, PART, "    x-statement: thing_list\n",
         "    x-statement: thing_list\n    x-parent: thing_show\n")
    bundle_of(tree)
    tables = (tree / "out/contract_tables.c").read_text()
    assert ".parent = STATEMENT(sql_thing_show)" in tables


def test_the_bundle_shows_an_operations_own_problems(tree):
    conflict = bundle_of(tree)["paths"]["/v1/things"]["post"]["responses"]["409"]
    assert "`already_exists`" in conflict["description"]
    examples = conflict["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"already_exists", "idempotency_in_progress"}
    value = examples["already_exists"]["value"]
    assert (value["code"], value["status"]) == ("already_exists", 409)


def test_the_bundle_keeps_its_internals_to_itself(tree):
    edit(tree, PART, "    x-input: thing_create\n",
         "    x-input: thing_create\n    x-body-max: 100000\n")
    text = json.dumps(bundle_of(tree))
    assert not re.findall(r'"x-(?:input|statement|handler|header|list|parent|transitions|flatten|items'
                          r'|body-max)"', text)


def test_a_body_that_may_be_larger_says_so(tree):
    edit(tree, PART, "    x-input: thing_create\n",
         "    x-input: thing_create\n    x-body-max: 8388608\n")
    assert "at most 8388608 bytes" in bundle_of(tree)["paths"]["/v1/things"]["post"]["description"]
    assert ".body_max = 8388608" in (tree / "out/contract_tables.c").read_text()


def test_the_bundle_shows_raw_bodies(tree):
    operation = bundle_of(tree)["paths"]["/v1/imports"]["post"]
    assert operation["requestBody"]["content"] == {
        "text/csv": {"schema": {"type": "string"}, "example": "title\r\n"}}
    assert {"413", "415", "422"} <= set(operation["responses"])
    assert "validation_failed" not in json.dumps(operation["responses"]["422"])
    edit(tree, PART, 'text/csv: {example: "title\\r\\n"}', "image/png: {}\n        image/jpeg: {}")
    operation = bundle_of(tree)["paths"]["/v1/imports"]["post"]
    assert operation["requestBody"]["content"] == {
        media: {"schema": {"type": "string", "format": "binary"}} for media in ("image/png", "image/jpeg")}


def test_the_bundle_shows_what_bytes_are_answered_with(tree):
    bundle = bundle_of(tree)
    operation = bundle["paths"]["/v1/things/{id}/photo"]["get"]
    responses = operation["responses"]
    shared = {p["$ref"].split("/")[-1] for p in operation["parameters"]}
    assert {"Range", "IfRange", "IfNoneMatch"} <= shared
    assert {"200", "206", "304", "404", "416"} <= set(responses)
    assert responses["304"]["$ref"].endswith("/NotModified")
    assert responses["416"]["$ref"].endswith("/RangeNotSatisfiable")
    assert {"ETag", "Accept-Ranges", "Content-Disposition"} <= set(responses["200"]["headers"])
    assert "Content-Language" not in responses["200"]["headers"]
    assert set(responses["206"]["headers"]) == {*responses["200"]["headers"], "Content-Range"}
    for status in ("200", "206"):
        assert set(responses[status]["content"]) == {"image/png", "image/jpeg"}
    tables = (tree / "out/contract_tables.c").read_text()
    name = re.search(r"\.answer_types = (\w+)", tables)[1]
    assert f'{name}[] = {{"image/png", "image/jpeg", NULL}}' in tables


def test_bytes_outside_v1_are_answered_plainly(tree):
    edit(tree, "openapi.yaml", "/v1/things/{id}/photo:", "/things/{id}/photo:")
    bundle = bundle_of(tree)
    operation = bundle["paths"]["/things/{id}/photo"]["get"]
    assert not {"206", "304", "416"} & set(operation["responses"])
    assert "RangeNotSatisfiable" not in bundle["components"]["responses"]
    assert "answer_types" not in (tree / "out/contract_tables.c").read_text()


def test_put_has_what_patch_has(tree):
    """A whole replacement: If-Match is demanded, Prefer may be taken, and no Idempotency-Key is needed."""
    edit(tree, PART, "  patch:\n", "  put:\n")
    edit(tree, PART, "application/merge-patch+json", "application/json")
    responses = bundle_of(tree)["paths"]["/v1/things/{id}"]["put"]["responses"]
    assert {"200", "401", "403", "404", "412", "413", "415", "422", "428"} <= set(responses)
    tables = (tree / "out/contract_tables.c").read_text()
    assert '.allow = "GET, HEAD, OPTIONS, PUT"' in tables
    row = re.search(r'\.id = "thing_update",.*?\n    }', tables, re.S)[0]
    for member in ("METHOD_PUT", ".body = BODY_JSON", ".if_match = true", ".writes = true"):
        assert member in row
    edit(tree, PART, '      - $ref: "../../openapi.yaml#/components/parameters/IfMatch"\n', "      []\n")
    assert "/thing/put/parameters: a change of something that exists needs $ref IfMatch" in (
        compile_tree(tree).stderr)


@pytest.mark.parametrize("old, new, message", [
    ("application/merge-patch+json", "application/merge-patch+json",
     "/thing/put/requestBody/content: PATCH, and PATCH alone, takes merge-patch+json"),
    ("    requestBody:\n      required: true\n      content:\n        application/merge-patch+json:\n"
     '          schema: {$ref: "#/schemas/ThingUpdate"}\n', "", "/thing/put/requestBody: is missing"),
])
def test_put_takes_json(tree, old, new, message):
    edit(tree, PART, "  patch:\n", "  put:\n")
    edit(tree, PART, old, new)
    assert message in compile_tree(tree).stderr


def test_rows_of_several_operations_fill_one_struct(tree):
    edit(tree, PART, "      title: {type: string, maxLength: 80, examples: [Fem på rad]}\n  Place",
         "      rows: {type: array, maxItems: 5, x-items: thing_row, items: {$ref: "
         "\"#/schemas/OtherRow\"}}\n  OtherRow:\n    type: object\n    additionalProperties: false\n"
         "    required: []\n    properties:\n      number: {type: integer, minimum: 1, maximum: 5}\n"
         "      colour: {type: string, maxLength: 9, examples: [red]}\n  Place")
    bundle_of(tree)
    tables = (tree / "out/contract_tables.c").read_text()
    shape, = re.findall(r"^const struct shape shape_thing_row = .*\.fields = (\w+)", tables, re.M)
    fields = re.search(rf"{shape}\[\] = {{(.*?)}};", tables, re.S)[1]
    assert re.findall(r"FIELD\(struct thing_row, (\w+)\)", fields) == ["number", "words", "colour"]
    assert "extern const struct shape shape_thing_row;" in (tree / "out/operations.h").read_text()


def test_json_and_yaml_are_the_same_document(tree):
    bundle = bundle_of(tree)
    # YAML 1.1, as the plainest reader has it: nothing may turn into a date or a truth value.
    assert yaml.safe_load((tree / "out/openapi.yaml").read_text()) == bundle


def test_words_stay_words(tree):
    """What YAML 1.1 takes for truth values, dates and octal numbers."""
    edit(tree, PART, 'enum: [draft, "no"]', "enum: [no, on, off, yes, 2023-03-22, 12:30, 0123, 1.5]")
    state = bundle_of(tree)["paths"]["/v1/things"]["get"]["parameters"][1]["schema"]["enum"]
    assert state == ["no", "on", "off", "yes", "2023-03-22", "12:30", "0123", "1.5"]


def test_the_same_contract_gives_the_same_bytes(tree):
    compile_tree(tree)
    first = {f.name: f.read_bytes() for f in (tree / "out").iterdir()}
    compile_tree(tree)
    assert first == {f.name: f.read_bytes() for f in (tree / "out").iterdir()}


def test_a_member_that_is_renamed_or_of_another_type_does_not_compile(tree):
    compile_tree(tree)
    # The names a C compiler needs, in place of the real headers.
    good = ("struct thing_create {struct text title; struct integer rank; struct boolean place; "
            "struct text place_street; struct record_list rows;}; "
            "struct thing_row {struct integer number; struct text_list words;}; "
            "struct thing_update {struct text id; struct text title;}; "
            "struct thing_import {struct bytes body; struct text content_type;}; "
            "struct thing_photo {struct text id;};")
    for header, message in [
        (good, None),
        (good.replace("title; struct integer", "name; struct integer"), "title"),
        (good.replace("struct integer rank", "struct text rank"),
         "/schemas/ThingCreate/properties/rank needs struct integer rank"),
        (good.replace("struct boolean place;", ""), "place"),
        (good.replace("struct record_list rows", "struct json_text rows"),
         "/schemas/ThingCreate/properties/rows needs struct record_list rows in struct thing_create"),
        (good.replace("struct integer number", "struct text number"),
         "/schemas/Row/properties/number needs struct integer number in struct thing_row"),
        (good.replace("struct text_list words;", ""), "words"),
        (good.replace("struct bytes body", "struct text body"),
         "/imports/post/x-body needs struct bytes body in struct thing_import"),
        (good.replace("struct text content_type;", ""), "content_type"),
    ]:
        (tree / "domain/sample/thing.h").write_text(
            '#include "domain/base/value.h"\n' + header + "\n")
        result = subprocess.run(
            ["cc", "-std=gnu11", "-fsyntax-only", "-DCONTRACT_ALONE", "-I", tree, "-I", ROOT,
             "-I", tree / "out", tree / "out/contract_tables.c"], capture_output=True, text=True)
        if message is None:
            assert result.returncode == 0, result.stderr
        else:
            assert result.returncode != 0 and message in result.stderr


# --- the real contract ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    out = tmp_path_factory.mktemp("contract")
    result = subprocess.run([sys.executable, COMPILER, "--root", ROOT, "--out", out],
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return out


def media_of(bundle):
    """Every (schema, example) that the bundle shows, requests and answers."""
    for path, item in bundle["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [r.get("content", {}) for r in operation["responses"].values()]
            for content in contents:
                for media, value in content.items():
                    where = f"{method} {path} {media}"
                    if "example" in value:
                        yield where, value["schema"], value["example"]
                    for example in value.get("examples", {}).values():
                        yield where, value["schema"], example["value"]


def test_every_example_keeps_to_its_schema(real):
    bundle = json.loads((real / "openapi.json").read_text())
    resolver = jsonschema.RefResolver("", bundle)
    for where, schema, example in media_of(bundle):
        errors = list(jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(example))
        assert not errors, f"{where}: {errors[0].message}"


def test_every_operation_with_a_body_shows_an_example(real):
    bundle = json.loads((real / "openapi.json").read_text())
    for path, item in bundle["paths"].items():
        for method, operation in item.items():
            if "requestBody" in operation:
                for value in operation["requestBody"]["content"].values():
                    if value["schema"].get("format") == "binary":
                        continue
                    assert "example" in value or "examples" in value, f"{method} {path}"


def test_the_bundle_is_clean_under_a_strict_linter(real):
    linter = ROOT / "node_modules/.bin/redocly"
    assert linter.exists(), "script/install brings the linter"
    result = subprocess.run(
        [linter, "lint", "--extends=recommended-strict", real / "openapi.yaml"],
        capture_output=True, text=True, cwd=real,
        env={"PATH": "/usr/bin:/bin", "REDOCLY_TELEMETRY": "off",
             "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_code_in_the_sources_has_its_words():
    known = set(said("problems.yaml"))
    used = {}
    for layer in ("domain", "storage", "auth", "api"):
        for source in (ROOT / layer).rglob("*.c"):
            text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.S)
            for match in re.finditer(r"error_(?:refuse|fault)\(([^;]*)\);", text):
                for word in re.findall(r"\"([a-z][a-z0-9_]*)\"", match.group(1)):
                    used.setdefault(word, source.relative_to(ROOT))
    missing = {code: str(file) for code, file in used.items() if code not in known}
    assert not missing


def test_every_code_with_words_is_used():
    codes = set(said("problems.yaml"))
    sources = "".join(source.read_text() for layer in ("domain", "storage", "auth", "api")
                      for source in (ROOT / layer).rglob("*.[ch]"))
    unused = {code for code in codes if f'"{code}"' not in sources}
    assert not unused
