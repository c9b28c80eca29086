import pytest

from edge_agent.cli import run_cli
from tests.support.agent_yaml import AGENT


@pytest.fixture
def agent(tmp_path):
    """A configuration with comments, a template and lists of both styles."""
    path = tmp_path / "agent.yaml"
    path.write_bytes(AGENT.encode())
    return path


@pytest.fixture
def edge(agent, capsys):
    """Runs a command of the agent on that configuration: exit code, output, errors."""

    def run(*words):
        code = run_cli([*map(str, words), "-c", str(agent)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run
