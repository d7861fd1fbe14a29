"""Runs every client against one broker: each produces the same records with each compression that it has, and each reads
what all the others wrote. A line is printed for each pair of clients and each compression; what was read must equal what was
meant, byte for byte.

    matrix.py --bootstrap HOST:PORT --work DIR --clients NAME=COMMAND...

A client's command is called as
    COMMAND produce BOOTSTRAP RECORDS-FILE TOPIC=COMPRESSION...
    COMMAND consume BOOTSTRAP COUNT OUTPUT-DIR TOPIC...
RECORDS-FILE holds a JSON object a line: partition, timestamp, key, value, headers (pairs of name and value); bytes are base64
and null is null. A consumer writes such lines to OUTPUT-DIR/TOPIC, with the offset added.
"""

import argparse
import base64
import json
import os
import random
import shlex
import subprocess
import sys
import time

PARTITIONS = 3
TIMEOUT_S = 300
SEED = 20261121
TIME = 1_700_000_000_000
COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")

# These only read here. kcat has no option for a record's time, and its headers are those of a whole run.
READERS = ("kcat",)


def encode(data):
    return None if data is None else base64.b64encode(data).decode()


def records():
    """Creates the records: every kind of key, value and headers, with times that do not increase.

    A record with neither key nor value is not among them, because kafka-python and aiokafka refuse to send one.
    """
    chance = random.Random(SEED)
    kinds = [
        (b"key", b"value", []),
        (None, b"no key", []),
        (b"tombstone", None, []),
        (b"", b"", []),
        (None, b"", []),
        (b"headers", b"x", [("a", b"1"), ("a", b"2"), ("b", b"3")]),
        (b"empty header", b"x", [("empty", b"")]),
        ("ключ ☃".encode(), "Grüße, 世界".encode(), [("名", "値".encode())]),
        (bytes(range(256)), bytes(reversed(range(256))), [("binary", bytes(range(1, 256)))]),
        (b"long", b"0123456789" * 2000, []),
        (b"random", chance.randbytes(20000), []),
    ]
    made = []
    for i in range(180):
        if i < 3 * len(kinds):
            key, value, headers = kinds[i // 3]
        else:
            key = b"k%d" % i
            value = b"value %d " % i * chance.randrange(1, 40)
            headers = [("h", b"%d" % i)] if i % 5 == 0 else []
        made.append(
            {
                "partition": i % PARTITIONS,
                "timestamp": TIME + 1000 * i - chance.randrange(5000),
                "key": encode(key),
                "value": encode(value),
                "headers": [[name, encode(data)] for name, data in headers],
            }
        )
    return made


def expected(made):
    """Returns the expected records of a consumer, by partition, with offsets."""
    lines = {}
    offsets = [0] * PARTITIONS
    for record in made:
        partition = record["partition"]
        lines[(partition, offsets[partition])] = dict(record, offset=offsets[partition])
        offsets[partition] += 1
    return lines


def read(path):
    lines = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            place = (record["partition"], record["offset"])
            if place in lines:
                raise ValueError(f"offset {place} came twice")
            lines[place] = record
    return lines


def headers_text(headers):
    """Returns headers as kcat prints them."""
    return encode(b",".join(name.encode() + b"=" + base64.b64decode(value) for name, value in headers))


def difference(wanted, got):
    """Describes the difference of two sets of records, or returns None."""
    for place in sorted(wanted.keys() | got.keys()):
        if place not in got:
            return f"partition {place[0]} offset {place[1]} is missing ({len(got)} of {len(wanted)} came)"
        if place not in wanted:
            return f"partition {place[0]} offset {place[1]} should not be there"
        if "headers_text" in got[place]:
            got[place]["headers"] = wanted[place]["headers"]
            if got[place]["headers_text"] != headers_text(wanted[place]["headers"]):
                return f"partition {place[0]} offset {place[1]}: headers are {got[place]['headers_text'][:80]}"
        for field in ("timestamp", "key", "value", "headers"):
            if wanted[place][field] != got[place][field]:
                return (
                    f"partition {place[0]} offset {place[1]}: {field} is {str(got[place][field])[:80]}"
                    f" and not {str(wanted[place][field])[:80]}"
                )
    return None


class Matrix:
    def __init__(self, options):
        self.bootstrap = options.bootstrap
        self.work = options.work
        self.clients = dict(client.split("=", 1) for client in options.clients)
        self.passed = 0
        self.failed = 0
        self.tag = f"m{int(time.time() * 1000) % 10**9}"

    def report(self, good, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(("PASS " if good else "FAIL ") + what + (f": {detail}" if detail else ""), flush=True)

    def call(self, client, *arguments):
        """Runs a client's command; returns None if it succeeded, and else the end of its output."""
        command = shlex.split(self.clients[client]) + list(arguments)
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"it did not end within {TIMEOUT_S} s"
        if done.returncode == 0:
            return None
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        return f"exit code {done.returncode}: " + " / ".join(lines[-4:])[-600:]

    def produce(self, producer, compressions, suffix, records_file, written):
        """Has a client produce to a topic for each compression; returns whether that succeeded."""
        topics = {f"{self.tag}-{producer}-{compression}{suffix}": compression for compression in compressions}
        creator = producer if producer.startswith("java") else "java"
        failure = self.call(creator, "create", self.bootstrap, str(PARTITIONS), *topics)
        if failure is None:
            pairs = [f"{topic}={compression}" for topic, compression in topics.items()]
            failure = self.call(producer, "produce", self.bootstrap, records_file, *pairs)
        if failure is None:
            written.update({topic: (producer, compression) for topic, compression in topics.items()})
        elif len(compressions) == 1:
            self.report(False, f"{producer} produces {compressions[0]}", failure)
        return failure is None

    def run(self):
        os.makedirs(self.work, exist_ok=True)
        made = records()
        records_file = os.path.join(self.work, "records")
        with open(records_file, "w", encoding="utf-8") as file:
            for record in made:
                file.write(json.dumps(record) + "\n")
        wanted = expected(made)

        written = {}
        for producer in self.clients:
            if producer in READERS:
                continue
            if not self.produce(producer, COMPRESSIONS, "", records_file, written):
                # Again, one by one, so that one compression does not hide the others.
                for compression in COMPRESSIONS:
                    self.produce(producer, [compression], "-again", records_file, written)

        for consumer in self.clients:
            output = os.path.join(self.work, consumer)
            os.makedirs(output, exist_ok=True)
            start = time.monotonic()
            failure = self.call(consumer, "consume", self.bootstrap, str(len(made)), output, *written)
            for topic, (producer, compression) in written.items():
                cell = f"{producer} -> {consumer} {compression}"
                path = os.path.join(output, topic)
                if not os.path.exists(path):
                    self.report(False, cell, failure or "nothing was read")
                    continue
                try:
                    detail = difference(wanted, read(path))
                except ValueError as error:
                    detail = str(error)
                self.report(detail is None, cell, detail or "")
            print(f"     {consumer} read {len(written)} topics in {time.monotonic() - start:.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--clients", nargs="+", required=True)
    matrix = Matrix(parser.parse_args())
    matrix.run()
    print(f"{matrix.passed} passed, {matrix.failed} failed")
    sys.exit(0 if matrix.failed == 0 and matrix.passed > 0 else 1)


if __name__ == "__main__":
    main()
