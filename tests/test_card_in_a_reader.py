"""
Software that nobody here wrote finds Hanako's card in a reader, and signs with it.

OpenSC lists and signs with both keys, counts her tries down and locks them; OpenSSL, OpenSSH,
GnuTLS, Java and pyscard do what they do with a real card.  pcscd runs in a network namespace
of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from outside import openssl
from town import ROOT, minijpki, process
from xml_workshop import required

from harness.exports import pem
from harness.scene import NEW_HOME
from pki.certificate.read import read_certificate
from pki.keys import verifies
from pki.kinds import Kind, Pin

pytestmark = pytest.mark.slow
SLOTS = {Kind.AUTH: ("0", "01", "1234"), Kind.SIGN: ("1", "02", "ABC123")}
MODULES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")


def library(name):
    """
    Find a library of an outside program, or skip; where tools are required, fail.
    """
    for folder in MODULES:
        if (path := Path(folder, name)).exists():
            return path
    reason = f"{name} is not installed, and only it can be asked this"
    if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def opensc(reader, *words):
    return reader.run(required("pkcs11-tool"), "--module", library("opensc-pkcs11.so"), *words)


def signed(reader, kind, message, folder, *, pin=None, mechanism="SHA256-RSA-PKCS"):
    """
    Have OpenSC sign *message*; the signature, or what it said instead.
    """
    (folder / "message").write_bytes(message)
    (folder / "signature").unlink(missing_ok=True)
    slot, identifier, right = SLOTS[kind]
    done = opensc(
        reader, "--slot", slot, "--login", "--pin", pin or right, "--sign", "--id", identifier,
        "-m", mechanism, "-i", folder / "message", "-o", folder / "signature",
    )  # fmt: skip
    made = folder / "signature"
    return made.read_bytes() if done.returncode == 0 and made.exists() else done.stderr


def is_by(holder, kind, signature, message):
    key = read_certificate(holder.certificate(kind)).public_key()
    return verifies(key, signature, message, "sha256")


def test_opensc_tells_what_card_it_is(jpki_reader):
    done = jpki_reader.run(required("opensc-tool"), "-n")

    assert (0, "jpki\n") == (done.returncode, done.stdout)


def test_opensc_lists_keys_pins_and_certificates(jpki_reader):
    dump = jpki_reader.run(required("pkcs15-tool"), "--dump").stdout
    listed = opensc(jpki_reader, "--slot", "0", "--list-objects").stdout

    for name in ("PIN", "Key", "Certificate"):
        assert f"[User Authentication {name}]" in dump
        assert f"[Digital Signature {name}]" in dump
    assert ["3", "5"] == [line.split()[-1] for line in dump.splitlines() if "Tries left" in line]
    assert "User Authentication Public Key" in listed


def test_opensc_reads_the_certificates(jpki_reader):
    tool = required("pkcs15-tool")
    auth = jpki_reader.run(tool, "--read-certificate", "01").stdout
    hidden = jpki_reader.run(tool, "--read-certificate", "02")
    sign = jpki_reader.run(
        tool, "--verify-pin", "--auth-id", "02", "--pin", "ABC123", "--read-certificate", "02"
    ).stdout

    holder = jpki_reader.holder
    assert pem("CERTIFICATE", holder.certificate(Kind.AUTH)).decode().strip() == auth.strip()
    assert pem("CERTIFICATE", holder.certificate(Kind.SIGN)).decode().strip() in sign
    assert hidden.returncode != 0


@pytest.mark.parametrize("kind", Kind)
def test_opensc_signs_and_openssl_agrees(jpki_reader, tmp_path, kind):
    signed(jpki_reader, kind, b"filing", tmp_path)
    public = openssl("x509", "-inform", "DER", "-pubkey", "-noout", "-in", "cert", folder=_put(
        tmp_path, "cert", jpki_reader.holder.certificate(kind))).stdout  # fmt: skip
    (tmp_path / "public.pem").write_text(public, encoding="ascii")
    verify = ("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message")

    assert "Verified OK\n" == openssl(*verify, folder=tmp_path).stdout
    (tmp_path / "message").write_bytes(b"another filing")
    assert openssl(*verify, folder=tmp_path).returncode != 0


def _put(folder, name, octets):
    (folder / name).write_bytes(octets)
    return folder


@pytest.mark.parametrize(
    ("kind", "wrong", "tries"), [(Kind.AUTH, "0000", 3), (Kind.SIGN, "WRONG1", 5)]
)
def test_tries_are_counted_down_locked_reset_and_the_card_signs_again(
    jpki, jpki_reader, tmp_path, kind, wrong, tries
):
    """
    Five or three, then the right PIN fails too, until the counter has set a new one [J 10.4].
    """
    holder, pin = jpki_reader.holder, Pin(kind.value)

    def left():
        return jpki.world.register.card(holder.identifier).pins[pin].tries_left

    said, counted = [], []
    for _ in range(tries):
        said.append(signed(jpki_reader, kind, b"filing", tmp_path, pin=wrong))
        counted.append(left())
    locked = signed(jpki_reader, kind, b"filing", tmp_path)
    new = "5678" if kind is Kind.AUTH else "NEW123"
    jpki.world.office.reset_pin(holder.identifier, pin, new, at=jpki.now)
    again = signed(jpki_reader, kind, b"filing", tmp_path, pin=new)

    assert list(range(tries - 1, -1, -1)) == counted
    assert all("CKR_PIN_INCORRECT" in each for each in said)
    assert isinstance(locked, str)
    assert is_by(holder, kind, again, b"filing")


def test_a_card_that_says_blocked_as_iso_does_is_understood_by_opensc(jpki, jpki_reader, tmp_path):
    """
    6984 becomes CKR_GENERAL_ERROR in OpenSC 0.23, 6983 CKR_PIN_LOCKED: its table of words.
    """
    said = []
    for word in ("6984", "6983"):
        jpki_reader.insert(jpki_reader.holder, switches={"blocked": word})
        for _ in range(3):
            signed(jpki_reader, Kind.AUTH, b"filing", tmp_path, pin="0000")
        said.append(signed(jpki_reader, Kind.AUTH, b"filing", tmp_path))

    assert "CKR_PIN_LOCKED" in said[1]
    assert isinstance(said[0], str)


def test_a_filing_signed_through_opensc_is_verified_and_after_a_move_revoked(
    jpki, jpki_reader, tmp_path, monkeypatch
):
    """
    The same card signs on after the move, for nobody has told the card.
    """
    monkeypatch.chdir(tmp_path)
    world, holder = str(jpki.world.directory), jpki_reader.holder
    (tmp_path / "cert.pem").write_bytes(pem("CERTIFICATE", holder.certificate()))

    def verdict():
        signature = signed(jpki_reader, Kind.SIGN, b"filing", tmp_path)
        (tmp_path / "signature").write_bytes(signature)
        done = minijpki("-C", world, "--json", "verify", "signature", "--content", "message",
                        "--certificate", "cert.pem")  # fmt: skip
        return json.loads(done.stdout)["code"], done.exit_code

    before = verdict()
    moved = minijpki("-C", world, "resident", "move", holder.identifier, "--address", NEW_HOME)
    jpki.wait_for_lists()

    assert ("OK", 0) == before
    assert 0 == moved.exit_code
    assert ("CERTIFICATE_REVOKED", 1) == verdict()


def test_openssl_signs_through_the_engine(jpki_reader, tmp_path):
    library("engines-3/pkcs11.so")
    module = library("opensc-pkcs11.so")
    _put(tmp_path, "message", b"filing")
    (tmp_path / "openssl.cnf").write_text(
        "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n"
        f"[pkcs11]\nengine_id = pkcs11\nMODULE_PATH = {module}\nPIN = 1234\ninit = 0\n"
    )
    done = jpki_reader.run(
        "env", f"OPENSSL_CONF={tmp_path / 'openssl.cnf'}", required("openssl"),
        "dgst", "-engine", "pkcs11", "-keyform", "engine", "-sign",
        "pkcs11:token=JPKI%20(User%20Authentication%20PIN);id=%01;type=private;pin-value=1234",
        "-sha256", "-out", "signature", "message",
        cwd=tmp_path,
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    signature = (tmp_path / "signature").read_bytes()
    assert is_by(jpki_reader.holder, Kind.AUTH, signature, b"filing")
    assert not is_by(jpki_reader.holder, Kind.AUTH, signature, b"another filing")


def test_ssh_keygen_signs_and_verifies(jpki_reader, tmp_path):
    keygen, module = required("ssh-keygen"), library("opensc-pkcs11.so")
    listed = jpki_reader.run(keygen, "-D", module).stdout
    public = next(line for line in listed.splitlines() if "User Authentication" in line)
    (tmp_path / "id.pub").write_text(public + "\n")
    (tmp_path / "signers").write_text(f"hanako@example.jp {public}\n")
    _put(tmp_path, "message", b"filing")
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\necho 1234\n")
    ask.chmod(0o700)
    script = (
        'eval "$(ssh-agent -a "$PWD/agent" -P "*")" >/dev/null\n'
        f'SSH_ASKPASS="$PWD/ask" SSH_ASKPASS_REQUIRE=force ssh-add -s {module} >&2\n'
        "ssh-keygen -Y sign -f id.pub -n filing message >&2; status=$?\n"
        'kill "$SSH_AGENT_PID"; exit $status\n'
    )
    done = jpki_reader.run("sh", "-c", script, cwd=tmp_path)
    check = (keygen, "-Y", "verify", "-f", tmp_path / "signers", "-I", "hanako@example.jp",
             "-n", "filing", "-s", tmp_path / "message.sig")  # fmt: skip

    assert 0 == done.returncode, done.stderr
    assert 0 == jpki_reader.run(*check, given="filing").returncode
    assert 0 != jpki_reader.run(*check, given="another filing").returncode


def test_java_loads_the_key_store_and_signs(jpki_reader, tmp_path):
    """
    SunPKCS11: KeyStore and Signature, and the other half of the JCA verifies.
    """
    (tmp_path / "card.cfg").write_text(
        f"name = jpki\nlibrary = {library('opensc-pkcs11.so')}\nslot = 0\n"
    )
    source = ROOT / "tests" / "java" / "Card.java"
    done = jpki_reader.run(
        required("java"), "-Xshare:auto", source, tmp_path / "card.cfg", "1234", tmp_path / "out"
    )

    assert 0 == done.returncode, done.stderr
    said = done.stdout.splitlines()
    assert "verified" == said[-1]
    assert "changed: false" == said[-2]
    signature = (tmp_path / "out").read_bytes()
    assert is_by(jpki_reader.holder, Kind.AUTH, signature, b"filing")


def test_pyscard_reads_the_token_label(jpki_reader):
    """
    In a Python that has pyscard, ours or the system's.
    """
    script = (
        "from smartcard.System import readers\n"
        "link = readers()[0].createConnection(); link.connect()\n"
        "link.transmit(list(bytes.fromhex('00A4040C0AD392F000260100000001')))\n"
        "link.transmit(list(bytes.fromhex('00A4020C020006')))\n"
        "print(bytes(link.transmit(list(bytes.fromhex('00B0000020')))[0]).decode().strip())\n"
    )
    done = jpki_reader.run(with_pyscard(), "-c", script)

    assert (0, "JPKIAPICCTOKEN2\n") == (done.returncode, done.stdout), done.stderr


def with_pyscard():
    for python in (sys.executable, "/usr/bin/python3"):
        if shutil.which(python):
            found = process("-c", "import smartcard", before=(python,))
            if found.returncode == 0:
                return python
    reason = "pyscard is not installed, and only it can be asked this"
    if os.environ.get("MINIJPKI_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def test_an_android_phone_wants_the_pin_before_its_certificate(jpki_reader):
    jpki_reader.insert(jpki_reader.holder, token="android")

    read = jpki_reader.run(required("pkcs15-tool"), "--read-certificate", "01")

    assert read.returncode != 0
    assert "00B00000 READ BINARY Le 4 -> 6982 a PIN is needed first" in jpki_reader.trace


def test_what_the_card_was_asked_is_traced_without_a_pin(jpki_reader, tmp_path):
    signed(jpki_reader, Kind.SIGN, b"filing", tmp_path)

    assert 2 == jpki_reader.trace.count("VERIFY **** -> 9000")  # OpenSC logs in twice to sign
    assert "ABC123" not in jpki_reader.trace
    assert b"ABC123".hex().upper() not in jpki_reader.trace


@pytest.mark.torture
def test_run_after_run_leaves_nothing_behind(jpki, jpki_reader, tmp_path, scaled):
    """
    Twenty in a row, one in a short run: insert, sign, take out; no process of ours stays.
    """
    holder = jpki_reader.holder
    for _ in range(scaled(20)):
        jpki_reader.insert(holder)
        assert is_by(holder, Kind.AUTH, signed(jpki_reader, Kind.AUTH, b"x", tmp_path), b"x")
        jpki_reader.remove()
        assert [] == children(jpki_reader.path)
        assert not jpki_reader.path.exists()


def children(path):
    """
    List the processes whose command line names this reader.
    """
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes()
        except OSError:
            continue
        if str(path).encode() in words or str(path.parent).encode() in words:
            found.append(words)
    return found


def test_hanako_logs_in_to_a_local_sshd(jpki_reader, tmp_path):
    """
    With the key on her card; the same daemon refuses who is not in its list.
    """
    keygen, client = required("ssh-keygen"), required("ssh")
    daemon = required("/usr/sbin/sshd")
    if os.getuid() != 0:
        pytest.skip("sshd gives up its rights as root only, and this is not root")
    module = library("opensc-pkcs11.so")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # compiled in, as its empty folder
    listed = jpki_reader.run(keygen, "-D", module).stdout
    public = next(line for line in listed.splitlines() if "User Authentication" in line)
    jpki_reader.run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "host")
    (tmp_path / "ask").write_text("#!/bin/sh\necho 1234\n")
    (tmp_path / "ask").chmod(0o700)

    def login(allowed):
        (tmp_path / "allowed").write_text(allowed)
        options = {"AuthorizedKeysFile": tmp_path / "allowed", "HostKey": tmp_path / "host"}
        options |= {"StrictModes": "no", "UsePAM": "no", "PermitRootLogin": "yes"}
        served = " ".join(f"-o {name}={value}" for name, value in options.items())
        return jpki_reader.run(
            *("env", f"SSH_ASKPASS={tmp_path / 'ask'}", "SSH_ASKPASS_REQUIRE=force"),
            *(
                client,
                "-F",
                "none",
                "-I",
                module,
                "-o",
                f"ProxyCommand={daemon} -i -f none {served}",
            ),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *("-o", "PreferredAuthentications=publickey", "-o", "IdentitiesOnly=no"),
            *("root@hanako.example.jp", "echo", "welcome"),
        )

    welcome, refused = login(public + "\n"), login("")

    assert "welcome\n" == welcome.stdout, welcome.stderr
    assert "Permission denied" in refused.stderr


@pytest.mark.parametrize("trusted", Kind)
def test_gnutls_logs_in_by_mutual_tls(jpki, jpki_reader, tmp_path, trusted):
    """
    TLS 1.2: TLS 1.3 needs PSS, which OpenSC's driver does not offer.  A server that trusts the
    other CA refuses.
    """
    client, module = required("gnutls-cli"), library("opensc-pkcs11.so")
    authority = jpki.world.authority.generations(trusted)[0].certificate
    (tmp_path / "ca.pem").write_bytes(pem("CERTIFICATE", authority))
    new = ("-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "server.pem")
    made = openssl("req", "-x509", *new, "-subj", "/CN=localhost", folder=tmp_path)
    assert 0 == made.returncode, made.stderr
    server = subprocess.Popen(
        [
            *(required("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1"),
            *("-cert", "server.pem", "-key", "key.pem", "-CAfile", "ca.pem", "-tls1_2"),
            *("-Verify", "1", "-verify_return_error", "-attime", str(int(jpki.now.timestamp()))),
        ],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        line = next(each for each in server.stdout if each.startswith("ACCEPT"))
        card = "pkcs11:token=JPKI%20(User%20Authentication%20PIN);id=%01"
        done = jpki_reader.run(
            *(client, f"--provider={module}", "--insecure", "--priority", "NORMAL:-VERS-TLS1.3"),
            *(f"--x509certfile={card};type=cert", "-p", line.strip().rpartition(":")[2]),
            *(f"--x509keyfile={card};type=private;pin-value=1234", "127.0.0.1"),
            given="",
        )
        said, _ = server.communicate(timeout=20)
    finally:
        server.kill()
        server.wait()

    ours = trusted is Kind.AUTH
    assert ours is ("Handshake was completed" in done.stdout), done.stdout + done.stderr
    assert ours is ("verify return:1" in said)


def test_java_signs_an_xml_filing_that_our_verifier_passes(jpki, jpki_reader, tmp_path):
    """
    The JCA's own XML signature, with the signature key and its certificate in KeyInfo.
    """
    (tmp_path / "card.cfg").write_text(
        f"name = jpki\nlibrary = {library('opensc-pkcs11.so')}\nslot = 1\n"
    )
    (tmp_path / "filing.xml").write_text("<DATA>申告</DATA>", encoding="utf-8")
    source = ROOT / "tests" / "java" / "CardXml.java"
    done = jpki_reader.run(
        *(required("java"), "-Xshare:auto", source, tmp_path / "card.cfg", "ABC123"),
        *(tmp_path / "filing.xml", tmp_path / "signed.xml"),
    )

    assert 0 == done.returncode, done.stderr
    document = (tmp_path / "signed.xml").read_bytes()
    assert jpki.verify(document).passed
    assert "SIGNATURE_MISMATCH" == jpki.verify(document.replace("申告".encode(), b"0")).code
