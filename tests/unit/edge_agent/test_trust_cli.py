"""`edge-agent trust` moves a certificate between rejected and trusted, and only the one that is meant."""

from connectors.drivers.opcua.own import own_certificate
from edge_agent.cli import EXIT_CONFIG, EXIT_FAILED, run_cli

CONFIG = """version: 1
edge: hall_1
broker: {{url: "mqtt://127.0.0.1:1883", username: edge_hall_1}}
connections:
  - id: line
    driver: opcua
    config: {{endpoint: "opc.tcp://127.0.0.1:4840", security_policy: {policy}{more}}}
    scan_ms: 1000
    tags: [{{name: temperature, address: "ns=2;s=Temp", type: float64}}]
"""


def test_list_add_and_remove(tmp_path, capsys):
    config, folder = tmp_path / "agent.yaml", tmp_path / "trust"
    (folder / "rejected").mkdir(parents=True)
    own_certificate(folder, "urn:test:server")
    (folder / "own" / "application.der").rename(folder / "rejected" / "server.der")

    def trust(*words):
        code = run_cli(["trust", *words, "-c", str(config)])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    config.write_text(CONFIG.format(policy='"None"', more=""))
    assert trust("list") == (EXIT_CONFIG, "edge-agent: no connection has a trust_folder.\n  Give one in its config.\n")
    config.write_text(CONFIG.format(policy="Basic256Sha256", more=f", trust_folder: '{folder}'"))
    _, shown = trust("list")
    state, sha256 = shown.splitlines()[1].split()[:2]
    assert (state, len(sha256)) == ("rejected", 64)
    assert trust("add")[0] == trust("add", "../../etc")[0] == trust("add", sha256[:7])[0] == EXIT_CONFIG
    assert trust("add", "0" * 64)[0] == trust("remove", sha256)[0] == EXIT_FAILED
    assert [one.name for one in (folder / "rejected").iterdir()] == ["server.der"]
    colons = ":".join(sha256[at : at + 2] for at in range(0, 64, 2)).upper()  # as certificate viewers write it
    assert trust("add", colons)[0] == 0
    assert [one.name for one in (folder / "trusted").iterdir()] == [f"{sha256}.der"]
    assert "trusted " + sha256 in trust("list")[1].replace("  ", " ")
    assert trust("remove", sha256[:8])[0] == 0
    assert list((folder / "trusted").iterdir()) == []
