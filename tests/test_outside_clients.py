"""
Programs that nobody here wrote fetch for themselves: curl, openssl, Java, certvalidator, slapd.

The world's clock agrees with the machine's here, for not every client can be told another
time.  Hanako stays, Taro moved a day ago.
"""

import asyncio
import base64
import os
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest
from asn1crypto import x509 as asn1_x509
from outside import openssl
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathValidationError, RevokedError
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from xml_workshop import required

from crl.read import read_list
from harness import clock
from harness.directory import publish
from harness.exports import pem
from harness.scene import Scene
from harness.services.inprocess import Running
from harness.services.serving import address_of, listen
from harness.world import World
from pki.errors import OutputRefused
from pki.kinds import Kind
from pki.naming import MODES

SLAPD = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
database mdb
suffix "c=JP"
rootdn "cn=admin,c=JP"
rootpw secret
directory {folder}/data
maxsize 67108864
"""
ADMIN = {"bind_dn": "cn=admin,c=JP", "password": "secret"}


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    opened = listen("127.0.0.1", 0)
    base = address_of(opened, "127.0.0.1")
    directory = tmp_path_factory.mktemp("today") / "world"
    began = clock.now() - timedelta(days=3)
    world = World.create(directory, at=began, seed=0, base_url=base)
    scene = Scene(world)
    scene.resident("hanako")
    taro = scene.resident("taro")
    scene.advance(timedelta(days=1))
    taro.moves()
    taro.withdraws(Kind.AUTH)
    world.set_clock(clock.now())
    world.let_clock_run()
    with Running(directory, opened=opened) as server:
        yield scene, server.base_url
    scene.close()


def curl(*words):
    run = subprocess.run(
        [required("curl"), "--silent", "--show-error", *map(str, words)],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert 0 == run.returncode, run.stderr
    return run.stdout


def certificate(scene, holder, kind, path):
    path.write_bytes(pem("CERTIFICATE", scene.world.certificate(holder, kind)))
    return path.name


def test_curl_revalidates_and_unpacks(today, tmp_path):
    scene, base = today
    url = f"{base}/crl/sign/1/13101.crl"

    first = curl("--etag-save", tmp_path / "tag", url)
    second = curl("--etag-compare", tmp_path / "tag", "-w", "%{http_code}", url)
    packed = curl("--compressed", url)
    as_of = curl("-H", f"Minijpki-At: {(scene.now - timedelta(days=2)).isoformat()}", url)

    assert b"304" == second
    assert first == packed
    assert read_list(as_of).this_update < read_list(first).this_update


@pytest.mark.parametrize(
    ("holder", "kind", "word"),
    [
        ("hanako", Kind.SIGN, "good"),
        ("taro", Kind.SIGN, "revoked"),
        ("hanako", Kind.AUTH, "good"),
        ("taro", Kind.AUTH, "revoked"),
    ],
)
@pytest.mark.parametrize("delegated", [False, True], ids=["by the CA", "by a delegate"])
def test_openssl_asks_and_believes_the_responder(today, tmp_path, holder, kind, word, delegated):
    scene, base = today
    if delegated:
        scene.world.responder.delegate(kind, at=scene.now)
    name = certificate(scene, holder, kind, tmp_path / "ee.pem")
    (tmp_path / "ca.pem").write_bytes(curl(f"{base}/ca/{kind.value}.pem"))

    run = openssl(
        *("ocsp", "-issuer", "ca.pem", "-cert", name, "-url", f"{base}/ocsp/{kind.value}"),
        *("-CAfile", "ca.pem", "-nonce"),
        folder=tmp_path,
    )

    assert "Response verify OK" in run.stderr, run
    assert "no nonce" not in run.stderr
    assert f"{name}: {word}\n" in run.stdout


def test_openssl_is_told_that_a_certificate_is_unknown(today, tmp_path):
    _, base = today
    (tmp_path / "ca.pem").write_bytes(curl(f"{base}/ca/sign.pem"))

    run = openssl(
        *("ocsp", "-issuer", "ca.pem", "-serial", "0x7fffffff", "-url", f"{base}/ocsp/sign"),
        *("-CAfile", "ca.pem"),
        folder=tmp_path,
    )

    assert "Response verify OK" in run.stderr
    assert "0x7fffffff: unknown" in run.stdout


@pytest.mark.parametrize(("holder", "accepted"), [("hanako", True), ("taro", False)])
def test_openssl_verifies_with_the_list_it_is_given_from_here(today, tmp_path, holder, accepted):
    scene, base = today
    name = certificate(scene, holder, Kind.SIGN, tmp_path / "ee.pem")
    (tmp_path / "ca.pem").write_bytes(curl(f"{base}/ca/sign.pem"))
    (tmp_path / "list.crl").write_bytes(curl(f"{base}/crl/sign/1/13101.crl"))
    openssl("crl", "-inform", "DER", "-in", "list.crl", "-out", "list.pem", folder=tmp_path)

    run = openssl(
        *("verify", "-x509_strict", "-CAfile", "ca.pem", "-crl_check", "-CRLfile", "list.pem"),
        *("-policy_check", "-explicit_policy"),
        *("-policy", MODES[scene.world.naming].policy(Kind.SIGN), name),
        folder=tmp_path,
    )

    assert accepted is (0 == run.returncode), run
    assert accepted or "certificate revoked" in run.stderr


def test_openssl_is_given_a_timestamp_and_checks_it(today, tmp_path):
    _, base = today
    (tmp_path / "ca.pem").write_bytes(curl(f"{base}/ca/sign.pem"))
    (tmp_path / "data").write_bytes(b"the contract")
    query = ("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "q.tsq")
    openssl(*query, folder=tmp_path)
    kind = "Content-Type: application/timestamp-query"
    answer = curl("-H", kind, "--data-binary", f"@{tmp_path / 'q.tsq'}", f"{base}/tsa")
    (tmp_path / "a.tsr").write_bytes(answer)
    (tmp_path / "other").write_bytes(b"another contract")

    runs = [
        openssl("ts", "-verify", "-in", "a.tsr", "-CAfile", "ca.pem", *what, folder=tmp_path)
        for what in (("-queryfile", "q.tsq"), ("-data", "data"), ("-data", "other"))
    ]

    assert [0, 0, 1] == [each.returncode for each in runs], runs
    assert b"400" != curl("-o", "/dev/null", "-w", "%{http_code}", f"{base}/tsa")


def validated(scene, base, holder):
    """
    Let certvalidator fetch by the address in the certificate; the error's name, or valid.
    """

    anchor = asn1_x509.Certificate.load(scene.world.authority.generations(Kind.AUTH)[0].certificate)
    target = asn1_x509.Certificate.load(scene.world.certificate(holder, Kind.AUTH))

    async def judge():
        async with aiohttp.ClientSession() as session:
            context = ValidationContext(
                trust_roots=[anchor],
                allow_fetching=True,
                revocation_mode="require",
                fetcher_backend=AIOHttpFetcherBackend(session),
            )
            check = CertificateValidator(target, validation_context=context)
            try:
                await check.async_validate_usage({"digital_signature"})
            except PathValidationError as error:
                return type(error)
            return "valid"

    return asyncio.run(judge())


def test_certvalidator_finds_the_responder_by_the_certificate(today):
    """
    J 3: the authentication certificate names its responder; nobody has to be told.
    """
    scene, base = today

    assert ["valid", RevokedError] == [validated(scene, base, who) for who in ("hanako", "taro")]


def java(jobs):
    run = subprocess.run(
        [required("java"), "-Xshare:auto", str(Path(__file__).parent / "java" / "Fetch.java")],
        input="".join("\t".join(job) + "\n" for job in jobs),
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=150,
    )
    assert 0 == run.returncode, run.stderr
    return run.stdout.splitlines()


def job(scene, holder, kind, url):
    def b64(octets):
        return base64.b64encode(octets).decode()

    return (
        str(int(scene.now.timestamp())),
        MODES[scene.world.naming].policy(kind),
        b64(scene.world.authority.generations(kind)[0].certificate),
        b64(scene.world.certificate(holder, kind)),
        url,
    )


@pytest.fixture
def directory(tmp_path):
    """
    An OpenLDAP server of our own on loopback.
    """
    program = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin")
    if program is None:
        required("slapd")
    (tmp_path / "data").mkdir()
    (tmp_path / "slapd.conf").write_text(SLAPD.format(folder=tmp_path))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"ldap://127.0.0.1:{port}"
    started = subprocess.Popen(
        [program, "-f", str(tmp_path / "slapd.conf"), "-h", url, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, started)
        yield url
    finally:
        started.terminate()
        started.wait(timeout=30)


def _await(port, started):
    ends = time.monotonic() + 30
    while True:
        assert started.poll() is None, "slapd did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < ends
            os.sched_yield()


@pytest.mark.slow
def test_java_asks_the_responder_and_reads_the_directory(today, directory):
    """
    The JDK goes to the entry that the certificate names, and chooses its list there.
    """
    scene, base = today
    before = java([job(scene, "hanako", Kind.SIGN, directory)])
    publish(scene.world, directory, at=scene.now, **ADMIN)
    publish(scene.world, directory, at=scene.now, **ADMIN)  # once more changes nothing

    after = java(
        [
            job(scene, "hanako", Kind.SIGN, directory),
            job(scene, "taro", Kind.SIGN, directory),
            job(scene, "hanako", Kind.AUTH, directory),
            job(scene, "hanako", Kind.SIGN, f"{base}/ocsp/sign"),
            job(scene, "taro", Kind.SIGN, f"{base}/ocsp/sign"),
            job(scene, "hanako", Kind.AUTH, f"{base}/ocsp/auth"),
            job(scene, "hanako", Kind.SIGN, f"{base}/ocsp/auth"),
        ]
    )

    assert ["UNDETERMINED_REVOCATION_STATUS"] == before
    assert [
        *("valid", "revoked AFFILIATION_CHANGED", "valid"),
        *("valid", "revoked AFFILIATION_CHANGED", "valid", "UNSPECIFIED"),
    ] == after


def test_the_directory_holds_every_generations_list_in_one_attribute(today, directory, tmp_path):
    """
    Generations share the point; ldapsearch brings back the octets that were published.
    """
    scene = Scene(World.create(tmp_path / "old", history=True, seed=1, at=clock.now()))
    scene.resident("hanako")
    made = [each for each in scene.world.press.all_newest(at=scene.now) if each.word == "arl"]
    wanted = {scene.world.press.bytes(each) for each in made if each.kind is Kind.SIGN}

    names = publish(scene.world, directory, at=scene.now, **ADMIN)
    scene.close()
    [dn] = [each for each in names if "digital signature" in each and "CN=" not in each]
    run = subprocess.run(
        [
            *(required("ldapsearch"), "-x", "-LLL", "-o", "ldif-wrap=no", "-H", directory),
            *("-s", "base", "-b", dn, "authorityRevocationList;binary"),
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )

    found = {
        base64.b64decode(line.split(":: ")[1])
        for line in run.stdout.splitlines()
        if line.startswith("authorityRevocationList;binary")
    }
    assert len(wanted) > 1
    assert {sha256(each).hexdigest() for each in wanted} == {
        sha256(each).hexdigest() for each in found
    }


def test_a_directory_that_is_not_there_is_told_in_one_sentence(today):
    scene, _ = today

    with pytest.raises(OutputRefused, match="check the URL"):
        publish(scene.world, "ldap://127.0.0.1:1", at=scene.now)
