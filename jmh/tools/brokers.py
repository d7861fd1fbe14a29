"""The compared processes, and the kernel's statistics of them."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import wire

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Broker:
    """A broker under test: a child process, or an external one."""

    kload_program = None

    def __init__(self, name, command, folder, address=None, pid=None):
        self.name = name
        self.command = command
        self.folder = pathlib.Path(folder)
        self.address = address
        self.pid = pid
        self.process = None

    @property
    def is_ours(self):
        return self.command is not None

    @property
    def is_bare(self):
        return self.name == "bare"

    def start(self):
        """Starts the process; returns milliseconds to the first acknowledged record, or None."""
        if not self.is_ours:
            return None
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        with open(self.folder / "output.log", "ab") as log:
            began = time.monotonic()
            self.process = subprocess.Popen(
                [part.format(port=port, folder=self.folder / "data") for part in self.command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self.pid = self.process.pid
        lost = (time.monotonic() - began) * 1000
        if self.is_bare:
            wait_for_port(port)
            return None
        return self.kload("probe", "-t", "probe", "--timeout", "120000")["first_produce_ms"] + lost

    def kload(self, mode, *options):
        command = [self.kload_program, mode, "-b", self.address, *options]
        if mode != "probe":
            command += ["--pid", str(self.pid)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if result.returncode != 0:
            raise RuntimeError(f"{self.name}: kload {mode} {' '.join(options)}: {result.stdout}{result.stderr}")
        return json.loads(result.stdout)

    def status(self, key):
        for line in open(f"/proc/{self.pid}/status"):
            if line.startswith(key + ":"):
                return int(line.split()[1])
        raise KeyError(key)

    def rss_kb(self):
        return self.status("VmRSS")

    def cpu_s(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def switches(self):
        """Context switches of all threads, of both kinds."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                for line in open(f"/proc/{self.pid}/task/{task}/status"):
                    if "ctxt_switches" in line:
                        total += int(line.split()[1])
            except FileNotFoundError:
                pass
        return total

    def create_topic(self, name, partitions):
        with wire.connect(self.address) as connection:
            connection.sendall(wire.create_topic(name, partitions))
            error = wire.created(wire.receive(connection))
            if error != 0:
                raise RuntimeError(f"{self.name}: topic {name} can't be created: error {error}")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None


def ensure_benchmarks(root):
    """Builds the Java programs of the module jmh, if one of the sources changed since; returns their class path."""
    jar = root / "jmh" / "target" / "benchmarks.jar"
    sources = [file for pattern in ("pom.xml", "*/pom.xml", "*/src/main/**/*", "build-tools/codec-generator/**/*") for file in root.glob(pattern)]
    if not jar.exists() or max(file.stat().st_mtime for file in sources) > jar.stat().st_mtime:
        print("building jmh with Maven", file=sys.stderr, flush=True)
        subprocess.run(["mvn", "-q", "-B", "--no-transfer-progress", "-f", str(root / "pom.xml"), "-pl", "jmh", "-am",
                        "-Dmaven.test.skip=true", "package"], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        jar.touch()
    return str(jar)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port):
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"no process listens on port {port}")
