import pytest

from served import Served


def serve(*words):
    served = Served(*words)
    try:
        yield served
        if served.process.poll() is None:
            served.stop()
    finally:
        served.kill()


@pytest.fixture
def mail():
    yield from serve("mail.toml")


@pytest.fixture(scope="module")
def exchange():
    yield from serve("exchange.toml")
