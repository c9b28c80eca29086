"""Client certificates: given at enrolment, renewed by whoever has the present key, ended by revoking."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from edge_agent.enrol.client_certificate import enrolled, keep, new_request, present, proof
from platform_core.agent_certificates import AGENT_DAYS, AgentCertificates, Holder
from platform_core.services.enrolment import BrokerPlace, Enrolment
from schemas.errors import AuthError, ConfigError, ConnectError

DAY_US = 86_400_000_000
START_US = 1_800_000_000_000_000


class Desk:
    """The platform's side with a clock of its own, and an agent's key."""

    def __init__(self, bench: Any, folder: Path) -> None:
        self.now = START_US
        self.certificates = AgentCertificates(folder, lambda: self.now)
        self.certificates.prepare()
        self.enrolment = Enrolment(
            bench.database, bench.folder, BrokerPlace("mqtts://b:8883", "PEM"), lambda: self.now, self.certificates
        )
        self.key = ""

    def enrol(self, request: str = "") -> str:
        """The certificate for a new token."""
        token = self.enrolment.new_token("factory", "line_2", "mona").token
        self.key, own = new_request("edge-agent")
        return self.enrolment.trade(token, "10.0.0.9", "m1", request or own).certificate

    def renew(self, certificate: str, key: str = "") -> str:
        _, request = new_request("edge-agent")
        return self.enrolment.renew(certificate, request, proof(key or self.key, request), "10.0.0.9")


@pytest.fixture
def desk(bench: Any, tmp_path: Path) -> Desk:
    return Desk(bench, tmp_path / "ca")


def refused(call: Callable[[], object]) -> None:
    with pytest.raises(AuthError) as caught:
        call()
    assert caught.value.code == "enrol.renewal"


def name_of(certificate: str, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> str:
    (found,) = x509.load_pem_x509_certificate(certificate.encode()).subject.get_attributes_for_oid(oid)
    return str(found.value)


def test_a_certificate_names_the_user_and_only_its_key_is_the_agents(desk: Desk) -> None:
    key, request = new_request("edge_someone_else")
    certificate = desk.enrol(request)
    found = x509.load_pem_x509_certificate(certificate.encode())
    assert name_of(certificate) == "edge_line_2"
    assert found.public_key() == x509.load_pem_x509_csr(request.encode()).public_key()
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days == AGENT_DAYS
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    ca = desk.certificates.ca_file
    found.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.read_bytes()))
    assert stat.S_IMODE(ca.with_name("agents_ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(ca.parent.stat().st_mode) == 0o700
    assert key not in certificate


def test_it_is_renewed_by_its_key_until_it_ends(desk: Desk) -> None:
    certificate = desk.enrol()
    desk.now += (AGENT_DAYS - 1) * DAY_US
    following = desk.renew(certificate)
    assert name_of(following) == "edge_line_2"
    desk.now += 2 * DAY_US
    refused(lambda: desk.renew(certificate))


def test_who_has_not_the_key_gets_nothing(desk: Desk, tmp_path: Path) -> None:
    certificate = desk.enrol()
    other_key, _ = new_request("edge-agent")
    refused(lambda: desk.renew(certificate, other_key))
    # A certificate of another CA that says the same.
    other = AgentCertificates(tmp_path / "other", lambda: desk.now)
    other.prepare()
    key, request = new_request("edge-agent")
    forged = other.sign(request, Holder("factory", "line_2", "edge_line_2", START_US))
    refused(lambda: desk.renew(forged, key))
    refused(lambda: desk.renew("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n"))
    _, request = new_request("edge-agent")
    signed = proof(desk.key, request)
    _, swapped = new_request("edge-agent")
    refused(lambda: desk.enrolment.renew(certificate, swapped, signed, "10.0.0.9"))


def test_a_certificate_for_parts_of_this_machine_is_no_agents(desk: Desk) -> None:
    key, mark, certificate = desk.certificates.own("core").read_text().partition("-----BEGIN CERTIFICATE-----")
    refused(lambda: desk.renew(mark + certificate, key))


def test_revoking_and_enrolling_again_end_the_renewal_of_earlier_ones(desk: Desk) -> None:
    first = desk.enrol()
    first_key = desk.key
    desk.now += DAY_US
    second = desk.enrol()
    refused(lambda: desk.renew(first, first_key))
    desk.renew(second)
    desk.enrolment.revoke("factory", "line_2", "mona")
    refused(lambda: desk.renew(second))


def test_a_request_that_cannot_be_taken_leaves_the_token_good(desk: Desk) -> None:
    weak = rsa.generate_private_key(65537, 2048)
    asked = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(weak, hashes.SHA256())
    token = desk.enrolment.new_token("factory", "line_2", "mona").token
    for request in ("nothing", asked.public_bytes(serialization.Encoding.PEM).decode()):
        with pytest.raises(ConfigError) as caught:
            desk.enrolment.trade(token, "10.0.0.9", "m1", request)
        assert caught.value.code == "enrol.csr"
    assert desk.enrolment.trade(token, "10.0.0.9", "m1", new_request("x")[1]).certificate


def test_without_a_ca_there_are_none(bench: Any) -> None:
    enrolment = Enrolment(bench.database, bench.folder, BrokerPlace("mqtt://b"))
    token = enrolment.new_token("factory", "line_2", "mona").token
    assert enrolment.trade(token, "10.0.0.9", "m1", new_request("x")[1]).certificate == ""
    refused(lambda: enrolment.renew("c", "r", "p", "10.0.0.9"))


def test_the_agent_keeps_no_certificate_of_another_key(desk: Desk, tmp_path: Path) -> None:
    certificate = desk.enrol()
    state = keep(tmp_path, desk.key, certificate, "https://p", "")
    assert enrolled(tmp_path) == state
    assert present(tmp_path) == (desk.key, certificate)
    assert stat.S_IMODE((tmp_path / "broker_client.pem").stat().st_mode) == 0o600
    third = (state.ends_s - state.begins_s) / 3
    assert not state.is_due(state.ends_s - third - 1)
    assert state.is_due(state.ends_s - third)
    for wrong in (desk.enrol(), "no certificate"):
        with pytest.raises(ConnectError):
            keep(tmp_path, new_request("x")[0], wrong, "https://p", "")
    assert present(tmp_path)[1] == certificate, "what there was stays"
    (tmp_path / "enrolment.json").write_text("{}")
    with pytest.raises(ConfigError):
        enrolled(tmp_path)
