"""
A reader of our own: pcscd with vsmartcard's vpcd, in a network namespace of its own.

vpcd listens on all interfaces, so whoever reaches the machine could be the card; in a
namespace of its own nobody does.  Clients come through pcscd's socket, a file, which the
namespace does not hide.  No service manager is asked: the socket is handed over as systemd
would hand it over, so several readers live beside each other, each at its own path.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

from harness.card.transports import VPCD_PORT, connected
from pki.errors import NotPermitted

STANDARD = Path("/run/pcscd/pcscd.comm")  # compiled into pcscd and its clients
VARIABLE = "PCSCLITE_CSOCK_NAME"  # tells clients of another path
DRIVER_PLACES = ("/usr/lib", "/usr/local/lib")
DRIVER = "pcsc/drivers/serial/libifdvpcd.so"
SECONDS = 10  # that pcscd gets to begin
PATIENCE = 0.01  # seconds between two looks

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41

# Dies with its parent, takes the socket as descriptor 3 and becomes pcscd.
LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
os.getppid() == int(sys.argv[2]) or sys.exit(1)
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Reader:
    """
    A running pcscd with one virtual reader, and the wire that is the card in it.

    Attributes:
        path: Of the socket where clients find it.
        private: Whether its network namespace is its own.
        port: Where vpcd listens for the card; one more for its second reader.
    """

    def __init__(self, path: Path, *, private: bool) -> None:
        self.path = path
        self.private = private
        self._folder = Path(mkdtemp(prefix="minijpki-pcscd-"))
        self._log = self._folder / "pcscd.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = VPCD_PORT if private else _free_ports()

    def start(self) -> socket.socket:
        """Start pcscd, and return the wire once vpcd answers; NotPermitted if it does not."""
        program, driver = required("pcscd"), vpcd_driver()
        configuration = self._folder / "reader.conf"
        configuration.write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{self.port:#x}\n'
            f"LIBPATH {driver}\nCHANNELID {self.port:#x}\n",
            encoding="ascii",
        )
        with _listening(self.path) as listener, self._log.open("wb") as log:
            launch = (sys.executable, "-S", "-E", "-c", LAUNCHER)
            place = (str(listener.fileno()), str(os.getpid()))
            self._process = subprocess.Popen(
                [*launch, *place, program, "--foreground", "--config", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(listener.fileno(),),
                start_new_session=True,  # lest Ctrl-C end it before the card is out
            )
        until = monotonic() + SECONDS
        return connected(self.port, wait=lambda: self._waits(until))

    def _waits(self, until: float) -> bool:
        assert self._process is not None
        if self._process.poll() is not None or monotonic() > until:
            said = self._log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing"]
            raise NotPermitted(f"pcscd did not start ({said[0]}); see whether another one runs")
        sleep(PATIENCE)
        return True

    def stop(self) -> None:
        """End what was started here, and nothing else."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.path.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def required(program: str) -> str:
    """Find pcscd, which Debian keeps where few look."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NotPermitted(f"{program} is not installed; `apt-get install pcscd vsmartcard-vpcd`")
    return found


def vpcd_driver() -> Path:
    """Find the driver that makes pcscd a virtual reader."""
    for place in DRIVER_PLACES:
        path = Path(place, DRIVER)
        if path.exists():
            return path
    raise NotPermitted("vsmartcard's vpcd is not installed; `apt-get install vsmartcard-vpcd`")


def leave_the_network() -> str | None:
    """
    Put this process into a network namespace of its own; say why not, where it cannot be.

    Who is not root asks for a user namespace around it, in which nothing else changes.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        return "this system has no network namespaces"
    who = (os.getuid(), os.getgid())
    if libc.unshare(CLONE_NEWNET) != 0:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            return f"unshare: {os.strerror(ctypes.get_errno())}"
        with suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"{who[0]} {who[0]} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{who[1]} {who[1]} 1", encoding="ascii")
    return _raise_loopback()


def _raise_loopback() -> str | None:
    from fcntl import ioctl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP_RUNNING))
        except OSError as error:
            return f"the loop-back interface stays down: {error.strerror}"
    return None


def answers(path: Path) -> bool:
    """Tell whether somebody listens at a socket's path."""
    with socket.socket(socket.AF_UNIX) as wire:
        try:
            wire.connect(str(path))
        except OSError:
            return False
    return True


def place_for(world: Path) -> Path:
    """Choose where clients shall find the reader: where all look, if nobody is there yet."""
    with suppress(OSError):
        STANDARD.parent.mkdir(mode=0o755, exist_ok=True)
    if os.access(STANDARD.parent, os.W_OK) and not answers(STANDARD):
        return STANDARD
    return (world / "pcscd.comm").absolute()


def _listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        if not answers(path):
            path.unlink(missing_ok=True)
        listener.bind(str(path))
        path.chmod(0o700)  # the reader is ours: whoever opens this may try PINs
        listener.listen(16)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        why = "another pcscd is there" if taken else error.strerror or str(error)
        raise NotPermitted(
            f"pcscd's socket cannot be at {path} ({why}); choose another place with --socket"
        ) from error
    return listener


def _free_ports() -> int:
    """Find a port for each of the two readers that vpcd always makes."""
    while True:
        with socket.create_server(("", 0)) as first:
            port: int = first.getsockname()[1]
            with suppress(OSError), socket.create_server(("", port + 1)):
                return port
