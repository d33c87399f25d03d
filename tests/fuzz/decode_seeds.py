#!/usr/bin/env python3
"""Seeds and words for tests/fuzz/decode.c, from the bundle of the contract.

    decode_seeds.py openapi.json DIRECTORY DICTIONARY

writes one seed per operation, with the example of its body, and a dictionary of its member names.
"""
import json
import pathlib
import sys
import urllib.parse

METHODS = ["get", "post", "put", "patch", "delete"]


def names_in(value):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "properties" and isinstance(member, dict):
                yield from member
            if key == "enum":
                yield from (v for v in member if isinstance(v, str))
            yield from names_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def body_of(operation):
    for media, value in operation.get("requestBody", {}).get("content", {}).items():
        if "example" not in value:
            continue
        if "json" in media:
            return json.dumps(value["example"], ensure_ascii=False)
        if media.startswith("text/"):
            return value["example"]
        return urllib.parse.urlencode(value["example"])
    return ""


def main(bundle, directory, dictionary):
    document = json.loads(pathlib.Path(bundle).read_text())
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    operations = [item[method] for item in document["paths"].values() for method in METHODS
                  if method in item]
    for index, operation in enumerate(operations):
        query = "&".join(f"{p['name']}={p['schema'].get('default', '')}"
                         for p in operation.get("parameters", []) if p.get("in") == "query")
        seed = index.to_bytes(2, "little") + query.encode() + b"\0" + body_of(operation).encode()
        (directory / operation["operationId"]).write_bytes(seed)
    words = sorted(set(names_in(document)))
    pathlib.Path(dictionary).write_text("".join(
        json.dumps(word) + "\n" for word in words if word.isascii() and '"' not in word))


if __name__ == "__main__":
    main(*sys.argv[1:])
