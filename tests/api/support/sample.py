"""loft-sample: the service with the contract of tests/api/sample, for what no operation may say today."""
import pytest

from support import run
from support.client import Api
from support.contract import Contract
from support.server import Server


def start(database, **settings):
    """One of it, listening; the caller stops it."""
    binary = run.binary().parents[1] / "tests/api/sample/loft-sample"
    assert binary.exists(), f"build tests/api/sample/loft-sample: {binary} is not there"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOFT_BINARY", str(binary))
        server = Server(database, **settings).start()
    document = Api(server).session.get(f"{server.url}/openapi.json").json()
    server.contract = Contract(document, recorded=False)
    return server
