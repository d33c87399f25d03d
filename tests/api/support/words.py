"""The words of codes as they are written: the shared file and what the parts of the contract add."""
import yaml

from support import run


KEYS = {"problems.yaml": "problems", "codes.yaml": "labels"}


def said(file):
    """Those of problems.yaml or codes.yaml and of every part, by name."""
    words = yaml.safe_load((run.ROOT / "api/contract" / file).read_text())
    for part in sorted((run.ROOT / "api").glob("*/*.yaml")):
        if part.parent.name != "contract":
            words |= yaml.safe_load(part.read_text()).get(KEYS[file], {})
    return words
