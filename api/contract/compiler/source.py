"""The YAML of the contract: loading it, saying where something stands, following references, and
collecting what is wrong with it, so that one run names every mistake."""
import dataclasses
import pathlib
import posixpath
import re

import yaml


@dataclasses.dataclass(frozen=True)
class Place:
    """A spot in a file: `api/smart/course.yaml: /schemas/Course/properties/title`."""

    file: str
    path: tuple = ()

    def __truediv__(self, key):
        return Place(self.file, self.path + (str(key),))

    def __str__(self):
        return f"{self.file}: {self.pointer() or '/'}"

    def pointer(self):
        return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in self.path)


class Report:
    """Everything that is wrong, each thing once, in the order it was found."""

    def __init__(self):
        self.mistakes = []

    def add(self, place, message):
        line = f"{place}: {message}"
        if line not in self.mistakes:
            self.mistakes.append(line)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML as people write it today: only true, false, null and whole numbers are not strings.
    YAML 1.1, which PyYAML speaks otherwise, turns `no`, `on`, dates and 0123 into something else.
    """

    yaml_implicit_resolvers = {}


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)


def construct_mapping(loader, node):
    """Refuses what PyYAML lets pass: a key given twice, and a key that is not a word."""
    result = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)  # `200:` under responses
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key_node.value!r} is not a string; quote it",
                key_node.start_mark)
        if key in result:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} is given twice", key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


Loader.add_constructor("tag:yaml.org,2002:map", construct_mapping)


class Sources:
    """The files of the contract, read once each; `files` is what the build depends on."""

    def __init__(self, root, report):
        self.root = pathlib.Path(root)
        self.report = report
        self.documents = {}

    @property
    def files(self):
        return list(self.documents)

    def exists(self, file):
        return (self.root / file).is_file()

    def load(self, file, needed_by=None):
        """The document, or an empty one after a mistake."""
        if file not in self.documents:
            self.documents[file] = self._read(file, needed_by or Place(file))
        return self.documents[file]

    def _read(self, file, needed_by):
        try:
            text = (self.root / file).read_text(encoding="utf-8")
            document = yaml.load(text, Loader)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8"
            self.report.add(needed_by, f"cannot read {file}: {reason}")
            return {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{file}: line {mark.line + 1}" if mark else file
            self.report.add(where, getattr(error, "problem", None) or error)
            return {}
        if not isinstance(document, dict):
            self.report.add(Place(file), "the file is not a mapping")
            return {}
        return document

    def follow(self, reference, place):
        """What `$ref: reference`, written at `place`, names: (value, place), or (None, None)."""
        if not isinstance(reference, str) or reference.count("#/") != 1:
            self.report.add(place, f"$ref {reference!r} must be FILE#/POINTER or #/POINTER")
            return None, None
        file, pointer = reference.split("#/")
        if file:
            file = posixpath.normpath(posixpath.join(posixpath.dirname(place.file), file))
        else:
            file = place.file
        if file.startswith("..") or file.startswith("/"):
            self.report.add(place, f"$ref {reference!r} leaves the repository")
            return None, None
        value, target = self.load(file, place), Place(file)
        for key in pointer.split("/"):
            key = key.replace("~1", "/").replace("~0", "~")
            target = target / key
            if not isinstance(value, dict) or key not in value:
                self.report.add(place, f"$ref {reference!r} names nothing")
                return None, None
            value = value[key]
        return value, target

    def resolve(self, value, place):
        """Follows references until something else stands there."""
        for _ in range(8):
            if not isinstance(value, dict) or "$ref" not in value:
                return value, place
            value, place = self.follow(value["$ref"], place)
            if place is None:
                return None, None
        self.report.add(place, "a chain of $ref longer than 8")
        return None, None


def part_files(sources, paths=None):
    """The files that the index's paths (or those of the file `paths`) refer to, in that order."""
    items = sources.load(paths) if paths else sources.load("openapi.yaml").get("paths") or {}
    refs = [item["$ref"] for item in items.values() if isinstance(item, dict) and "$ref" in item]
    files = [posixpath.normpath(ref.split("#")[0]) for ref in refs if isinstance(ref, str)]
    return [file for file in dict.fromkeys(files) if sources.exists(file)]


def read_words(sources, report, file, parts, key):
    """What `file` says, and every part under `key`: {name: (value, place)}. A name is said once."""
    said = {name: (value, Place(file) / name) for name, value in sources.load(file).items()}
    for part in parts:
        words = sources.load(part).get(key, {})
        if not isinstance(words, dict):
            report.add(Place(part) / key, "is not a mapping")
            continue
        for name, value in words.items():
            place = Place(part) / key / name
            if name in said:
                report.add(place, f"is said in {said[name][1]} too")
            said.setdefault(name, (value, place))
    return said
