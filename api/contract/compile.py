#!/usr/bin/env python3
"""Compiles the contract: openapi.yaml and its parts -> tables in C and the bundle for clients.

    compile.py --root DIR --out DIR [--depfile FILE] [--paths FILE]

writes contract_tables.c, operations.h, openapi.json and openapi.yaml into the --out directory.
Every mistake is told with file and place, and any mistake stops the build. How a resource is
written is told in README.md, "How to add a resource".
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "compiler"))

from bundle import Bundler, as_json, as_yaml  # noqa: E402
from codes import read_codes  # noqa: E402
from letters import read_letters  # noqa: E402
from operation import ContractReader  # noqa: E402
from problems import read_problems  # noqa: E402
from source import Report, Sources, part_files  # noqa: E402
from tables import Tables  # noqa: E402


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", required=True, help="where openapi.yaml stands")
    parser.add_argument("--out", required=True, help="directory for the four files")
    parser.add_argument("--depfile", help="for ninja: every file that was read")
    parser.add_argument("--paths", help="paths to read in place of the index's, for tests")
    return parser.parse_args(arguments)


def compile_contract(root, paths=None):
    """The four texts by file name, the files read, and the mistakes."""
    report = Report()
    sources = Sources(root, report)
    parts = part_files(sources, paths)
    problems = read_problems(sources, report, parts)
    codes = read_codes(sources, report, parts)
    letters = read_letters(sources, report, parts, codes)
    reader = ContractReader(sources, problems, codes, report, paths)
    reader.read()
    texts = {}
    if not report.mistakes:
        bundle = Bundler(reader).bundle()
    if not report.mistakes:
        json_text, yaml_text = as_json(bundle), as_yaml(bundle)
        tables = Tables(reader, letters)
        texts = {
            "contract_tables.c": tables.source(json_text, yaml_text),
            "operations.h": tables.header(),
            "openapi.json": json_text,
            "openapi.yaml": yaml_text,
        }
    return texts, sources.files, report.mistakes


def write_depfile(path, target, root, files):
    def escaped(file):
        return str(file).replace(" ", "\\ ")

    paths = [root / file for file in files]
    paths += sorted(HERE.glob("*.py")) + sorted((HERE / "compiler").glob("*.py"))
    pathlib.Path(path).write_text(f"{escaped(target)}: {' '.join(map(escaped, paths))}\n")


def main(arguments):
    options = parse_arguments(arguments)
    root, out = pathlib.Path(options.root), pathlib.Path(options.out)
    texts, files, mistakes = compile_contract(root, options.paths)
    if mistakes:
        sys.exit("".join(f"{mistake}\n" for mistake in mistakes)
                 + f"The contract has {len(mistakes)} mistake(s).")
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
    if options.depfile:
        write_depfile(options.depfile, out / "contract_tables.c", root, files)


if __name__ == "__main__":
    main(sys.argv[1:])
