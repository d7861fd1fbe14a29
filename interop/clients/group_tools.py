"""Runs kafka-consumer-groups and kafka-groups of Apache Kafka against Ottla and against Apache Kafka, in the same situations, and
prints PASS or FAIL for each command: both must print the same lines and end with the same code, apart from what no two brokers
have alike (addresses, the random part of members' ids, times).

    group_tools.py --kafka-tool COMMAND --ottla HOST:PORT --kafka HOST:PORT

The order of lines is not compared: the tools print what they keep in hash tables.
"""

import argparse
import concurrent.futures
import re
import subprocess
import sys
import time

TIMEOUT_S = 180
PATIENCE_S = 120
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BASE64_ID = re.compile(r"(?<=\s)[A-Za-z0-9_-]{22}(?=\s)")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+Z?|\[\d{4}-.*?\]")
TOPIC = "orders"


class Side:
    """One broker, with the live members of its groups."""

    def __init__(self, name, bootstrap, kafka_tool):
        self.name = name
        self.bootstrap = bootstrap
        self.kafka_tool = kafka_tool
        self.members = {}

    def run(self, command, stdin=b""):
        done = subprocess.run(
            command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False
        )
        return done.returncode, done.stdout.decode(errors="replace")

    def kafka(self, name, *arguments):
        return self.run([self.kafka_tool, name, "--bootstrap-server", self.bootstrap, *arguments])

    def kcat(self, *arguments, stdin=b""):
        if not self.bootstrap:
            raise ValueError("no address of a broker")
        code, output = self.run(["kcat", "-b", self.bootstrap, "-m", "20", *arguments], stdin)
        if code != 0:
            raise RuntimeError(f"kcat: {output}")
        return output

    def join(self, group, command):
        self.members[group] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def leave(self, group):
        member = self.members.pop(group)
        member.terminate()
        member.wait(60)

    def prepare(self):
        """Creates a topic with records, a classic group and a consumer group with a member each, and one without members."""
        self.kafka("kafka-topics", "--create", "--topic", TOPIC, "--partitions", "3")
        for partition in range(3):
            self.kcat("-P", "-t", TOPIC, "-p", str(partition), stdin=b"record\n" * (5 + partition))
        self.kafka("kafka-topics", "--create", "--topic", "other", "--partitions", "1")
        self.join(
            "classic-group",
            [
                *("kcat", "-b", self.bootstrap, "-G", "classic-group", "-X", "auto.offset.reset=earliest"),
                *("-X", "client.id=one", "-X", "partition.assignment.strategy=range", TOPIC),
            ],
        )
        self.join(
            "consumer-group",
            [
                *(self.kafka_tool, "kafka-console-consumer", "--bootstrap-server", self.bootstrap, "--topic", TOPIC),
                *("--group", "consumer-group", "--from-beginning", "--command-property", "group.protocol=consumer"),
                *("--command-property", "client.id=two", "--command-property", "auto.commit.interval.ms=200"),
            ],
        )
        self.kafka(
            *("kafka-consumer-groups", "--group", "idle-group", "--topic", TOPIC),
            *("--reset-offsets", "--to-offset", "2", "--execute"),
        )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            output = "".join(self.kafka("kafka-consumer-groups", "--describe", "--group", group)[1] for group in self.members)
            # Each partition of each group was read to its end, and that is committed.
            if len(re.findall(rf"-group\s+{TOPIC}\s+\d\s+(\d)\s+\1\s+0\s+\S{{10}}", output)) == 6:
                return
        raise RuntimeError(f"{self.name}: the members have not read all: {output}")

    def stop(self):
        for group in list(self.members):
            self.leave(group)


def normalise(output, bootstrap):
    output = output.replace(bootstrap, "BROKER").replace(bootstrap.replace("127.0.0.1", "localhost"), "BROKER")
    output = TIME.sub("TIME", BASE64_ID.sub("ID", UUID.sub("ID", output)))
    # Columns are as wide as their widest entry.
    return sorted(" ".join(line.split()) for line in output.splitlines() if line.strip())


class Check:
    def __init__(self, sides):
        self.sides = sides
        self.passed = 0
        self.failed = 0
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def both(self, action):
        return list(self.pool.map(action, self.sides))

    def same(self, name, *arguments):
        (code, output), (kafka_code, kafka_output) = self.both(lambda side: side.kafka(name, *arguments))
        lines = normalise(output, self.sides[0].bootstrap)
        kafka_lines = normalise(kafka_output, self.sides[1].bootstrap)
        command = " ".join([name, *arguments])
        if code == kafka_code and lines == kafka_lines:
            self.passed += 1
            print(f"PASS {command}: code {code}, {len(lines)} lines{', such as: ' + max(lines, key=len)[:140] if lines else ''}", flush=True)
            return
        self.failed += 1
        print(f"FAIL {command}: code {code}, and {kafka_code} from Kafka", flush=True)
        for line in [line for line in kafka_lines if line not in lines][:6]:
            print(f"     only Kafka: {line[:300]}")
        for line in [line for line in lines if line not in kafka_lines][:6]:
            print(f"     only Ottla: {line[:300]}")

    def groups(self, *arguments):
        self.same("kafka-consumer-groups", *arguments)

    def run(self):
        self.groups("--list")
        self.groups("--describe", "--group", "no-group")
        self.both(Side.prepare)
        self.groups("--list")
        self.groups("--list", "--state")
        self.groups("--list", "--state", "stable", "--type", "consumer")
        self.groups("--list", "--type", "classic")
        self.same("kafka-groups", "--list")
        self.same("kafka-groups", "--list", "--consumer")
        self.same("kafka-groups", "--list", "--group-type", "classic", "--protocol", "consumer")
        self.groups("--describe", "--all-groups")
        self.groups("--describe", "--all-groups", "--members", "--verbose")
        self.groups("--describe", "--all-groups", "--state", "--verbose")
        self.groups("--describe", "--group", "consumer-group", "--offsets", "--verbose")
        # With members, neither offsets nor the group can be deleted.
        self.groups("--group", "classic-group", "--topic", TOPIC, "--reset-offsets", "--to-earliest", "--execute")
        self.groups("--group", "consumer-group", "--delete-offsets", "--topic", TOPIC)
        self.groups("--group", "classic-group", "--group", "consumer-group", "--delete")
        self.both(Side.stop)
        self.groups("--describe", "--all-groups")
        self.groups("--describe", "--all-groups", "--state")
        self.groups("--describe", "--group", "consumer-group", "--members")
        self.groups("--group", "consumer-group", "--topic", f"{TOPIC}:0,1", "--reset-offsets", "--to-earliest", "--dry-run")
        self.groups("--group", "consumer-group", "--all-topics", "--reset-offsets", "--shift-by", "-2", "--execute")
        self.groups("--group", "classic-group", "--topic", TOPIC, "--reset-offsets", "--by-duration", "PT1H", "--execute")
        self.groups("--group", "classic-group", "--topic", TOPIC, "--reset-offsets", "--to-offset", "100", "--execute")
        self.groups("--group", "idle-group", "--topic", "other", "--reset-offsets", "--to-latest", "--execute", "--export")
        self.groups("--describe", "--all-groups", "--offsets")
        self.groups("--group", "idle-group", "--delete-offsets", "--topic", "other")
        self.groups("--group", "idle-group", "--delete-offsets", "--topic", f"{TOPIC}:1")
        self.groups("--describe", "--group", "idle-group")
        self.groups("--group", "classic-group", "--group", "no-group", "--delete")
        self.groups("--all-groups", "--delete")
        self.groups("--list")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kafka-tool", required=True)
    parser.add_argument("--ottla", required=True)
    parser.add_argument("--kafka", required=True)
    options = parser.parse_args()
    sides = [Side("Ottla", options.ottla, options.kafka_tool), Side("Kafka", options.kafka, options.kafka_tool)]
    check = Check(sides)
    began = time.monotonic()
    try:
        check.run()
    finally:
        for side in sides:
            side.stop()
    print(f"{check.passed} passed, {check.failed} failed in {time.monotonic() - began:.0f} s")
    sys.exit(0 if check.failed == 0 and check.passed > 0 else 1)


if __name__ == "__main__":
    main()
