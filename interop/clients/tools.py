"""Runs the command-line tools of Apache Kafka and kcat against one broker, and prints PASS or FAIL for each check with what was
seen. Only what a tool prints counts: each check compares it with what was asked for, or with what another tool wrote or read.

    tools.py --bootstrap HOST:PORT --kafka-tool COMMAND [--logs DIR]

With the broker's data folder, what Kafka's tools sent is also looked at in the log, by kafka-dump-log.
Checks that need nothing of each other run side by side, two at a time, because a tool spends most of its time in starting.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import threading
import time

TIMEOUT_S = 180
PERF_RECORDS = 20_000
PERF_SIZE = 200
COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")
SHOWN = 150


class Failure(Exception):
    """Raised by a failed check."""


def need(condition, seen):
    if not condition:
        raise Failure(short(seen, 600))


def short(text, limit=SHOWN):
    text = " / ".join(line.strip() for line in str(text).strip().splitlines())
    return text if len(text) <= limit else text[:limit] + "..."


def matching(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    need(found, f"no match of {pattern} in: {text}")
    return found


def now_ms():
    return int(time.time() * 1000)


class Tools:
    def __init__(self, options):
        self.bootstrap = options.bootstrap
        self.kafka_tool = options.kafka_tool
        self.logs = options.logs
        self.tag = f"tools{now_ms() % 10**9}"
        self.lock = threading.Lock()
        self.passed = 0
        self.failed = 0
        # The records of the console tools, in the order of sending: key, headers, value, and the bounds of the time.
        self.sent = []

    # --- Running things

    def run(self, command, stdin=b"", code=0):
        """Runs a command, checks its exit code, and returns its output."""
        try:
            done = subprocess.run(
                command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise Failure(f"{command[0]} did not end within {TIMEOUT_S} s: {late.output or b''}") from late
        output = done.stdout.decode(errors="replace")
        need(done.returncode == code, f"exit code {done.returncode} of {' '.join(command)}: {output}")
        return output

    def kafka(self, name, *arguments, stdin=b"", code=0):
        return self.run([self.kafka_tool, name, "--bootstrap-server", self.bootstrap, *arguments], stdin, code)

    def kcat(self, *arguments, stdin=b"", code=0):
        # Without an address kcat would wait for ever, or read standard input.
        need(self.bootstrap, "no address of a broker")
        return self.run(["kcat", "-b", self.bootstrap, "-m", "20", *arguments], stdin, code)

    def check(self, name, action):
        began = time.monotonic()
        try:
            seen, good = action(), True
        except (Failure, OSError, ValueError, KeyError, IndexError) as failure:
            seen, good = short(f"{type(failure).__name__}: {failure}", 800), False
        with self.lock:
            self.passed += good
            self.failed += not good
            took = time.monotonic() - began
            print(f"{'PASS' if good else 'FAIL'} {name} ({took:.1f} s): {short(seen, 800 if not good else SHOWN)}", flush=True)
        return good

    def checks(self, *chains):
        """Runs chains of checks, two chains at a time; a chain ends with its first failure."""
        def run_chain(chain):
            return all(self.check(name, action) for name, action in chain)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(run_chain, chains))

    def topic(self, name):
        return f"{self.tag}-{name}"

    # --- kafka-topics and kafka-configs

    def create(self):
        topic = self.topic("orders")
        seen = self.kafka(
            "kafka-topics", "--create", "--topic", topic, "--partitions", "3", "--config", "max.message.bytes=123456"
        )
        need(f"Created topic {topic}." in seen, seen)
        return seen

    def create_again(self):
        seen = self.kafka("kafka-topics", "--create", "--topic", self.topic("orders"), code=1)
        need("TopicExistsException" in seen and f"Topic '{self.topic('orders')}' already exists." in seen, seen)
        return seen

    def list_topics(self):
        seen = self.kafka("kafka-topics", "--list", "--exclude-internal")
        need(self.topic("orders") in seen.split(), seen)
        need(self.topic("gone") not in seen.split(), seen)
        return f"{len(seen.split())} topics, {self.topic('orders')} among them"

    def describe(self, topic, partitions, configs):
        seen = self.kafka("kafka-topics", "--describe", "--topic", topic)
        matching(
            rf"^Topic: {topic}\tTopicId: [\w-]{{22}}\tPartitionCount: {partitions}\tReplicationFactor: 1\tConfigs: {configs}$", seen
        )
        for partition in range(partitions):
            matching(rf"^\tTopic: {topic}\tPartition: {partition}\tLeader: \d+\tReplicas: \d+\tIsr: \d+\t", seen)
        need(seen.count("Partition: ") == partitions, seen)
        return seen

    def alter_partitions(self):
        topic = self.topic("orders")
        seen = self.kafka("kafka-topics", "--alter", "--topic", topic, "--partitions", "5")
        need("Exception" not in seen, seen)
        return self.describe(topic, 5, "max.message.bytes=123456")

    def fewer_partitions(self):
        seen = self.kafka("kafka-topics", "--alter", "--topic", self.topic("orders"), "--partitions", "2", code=1)
        need("InvalidPartitionsException" in seen, seen)
        return seen

    def delete(self):
        topic = self.topic("gone")
        self.kcat("-P", "-t", topic, stdin=b"once\n")
        seen = self.kafka("kafka-topics", "--delete", "--topic", topic)
        need("Exception" not in seen, seen)
        seen = self.kafka("kafka-topics", "--describe", "--topic", topic, code=1)
        need(f"Topic '{topic}' does not exist as expected" in seen, seen)
        return seen

    def alter_config(self):
        topic = self.topic("orders")
        seen = self.kafka(
            "kafka-configs", "--alter", "--topic", topic, "--add-config", "retention.ms=86400000,cleanup.policy=[compact,delete]"
        )
        need(f"Completed updating config for topic {topic}." in seen, seen)
        seen = self.kafka("kafka-configs", "--describe", "--topic", topic)
        for setting in ("retention.ms=86400000", "cleanup.policy=compact,delete", "max.message.bytes=123456"):
            matching(rf"^  {setting} sensitive=false synonyms=\{{DYNAMIC_TOPIC_CONFIG:{setting}[,}}]", seen)
        return seen

    def delete_config(self):
        topic = self.topic("orders")
        self.kafka("kafka-configs", "--alter", "--topic", topic, "--delete-config", "retention.ms")
        seen = self.kafka("kafka-configs", "--describe", "--topic", topic, "--all")
        matching(r"^  retention.ms=604800000 sensitive=false synonyms=\{", seen)
        need(seen.count("sensitive=") > 25, seen)
        return f"{seen.count('sensitive=')} settings; {matching('^  retention.ms=.*$', seen).group()}"

    def bad_config(self):
        seen = self.kafka(
            "kafka-configs", "--alter", "--topic", self.topic("orders"), "--add-config", "retention.ms=often", code=1
        )
        need("InvalidConfigurationException" in seen or "InvalidRequestException" in seen, seen)
        return seen

    def broker_config(self):
        seen = self.kafka("kafka-configs", "--describe", "--entity-type", "brokers", "--all")
        matching(r"^  listeners=\S+ sensitive=false", seen)
        matching(r"^  message.max.bytes=1048588 sensitive=false synonyms=\{DEFAULT_CONFIG:", seen)
        return f"{seen.count('sensitive=')} settings; {matching('^  listeners=.*$', seen).group()}"

    def api_versions(self):
        seen = self.kafka("kafka-broker-api-versions")
        matching(r"^\S+:\d+ \(id: \d+ .*\) -> \($", seen)
        matching(r"^\tProduce\(0\): 0 to \d+ \[usable: \d+\],$", seen)
        return f"{seen.count('usable')} APIs"

    # --- The console tools

    def console_produce(self):
        """Sends records with and without keys, headers and values to one partition, so that their order is known."""
        topic = self.topic("console")
        self.kafka("kafka-topics", "--create", "--topic", topic, "--partitions", "1", "--config", "retention.ms=-1")
        rows = [(f"key{i}", [("h", str(i)), ("two", "b")] if i % 2 else [], f"value {i}") for i in range(40)]
        rows[7] = ("schlüssel", [("名", "値")], "Grüße, 世界")
        rows[8] = (None, [], "without a key")
        rows[9] = ("tombstone", [], None)

        def text(part):
            return "NULL" if part is None else part

        lines = [
            "\t".join((",".join(f"{name}:{value}" for name, value in headers) or "NULL", text(key), text(value)))
            for key, headers, value in rows
        ]
        began = now_ms()
        seen = self.kafka(
            "kafka-console-producer",
            *("--topic", topic, "--command-property", "acks=all", "--command-property", "compression.type=lz4"),
            *("--reader-property", "parse.key=true", "--reader-property", "parse.headers=true"),
            *("--reader-property", "null.marker=NULL"),
            stdin="".join(line + "\n" for line in lines).encode(),
        )
        need("ERROR" not in seen and "Exception" not in seen, seen)
        self.sent = [(key, headers, value, began, now_ms()) for key, headers, value in rows]
        return f"{len(rows)} records"

    def console_expected(self, time_of):
        def text(part):
            return "null" if part is None else part

        return [
            f"CreateTime:{time_of(i)}\tPartition:0\tOffset:{i}\t"
            + (",".join(f"{name}:{data}" for name, data in headers) or "NO_HEADERS")
            + f"\t{text(key)}\t{text(value)}"
            for i, (key, headers, value, _, _) in enumerate(self.sent)
        ]

    def console_consume(self, *arguments, count=None, first=0):
        """Reads with all of the tool's output options, and compares line by line."""
        count = count or len(self.sent)
        prints = ("timestamp", "partition", "offset", "headers", "key", "value")
        seen = self.kafka(
            "kafka-console-consumer",
            *("--topic", self.topic("console"), "--max-messages", str(count), "--timeout-ms", "60000"),
            *(word for name in prints for word in ("--formatter-property", f"print.{name}=true")),
            *arguments,
        )
        need(f"Processed a total of {count} messages" in seen, seen)
        lines = [line for line in seen.splitlines() if line.startswith("CreateTime:")]
        times = [int(matching(r"^CreateTime:(\d+)\t", line).group(1)) for line in lines]
        need(len(lines) == count, seen)
        wanted = self.console_expected(lambda i: times[i - first] if first <= i < first + count else -1)[first : first + count]
        for line, due in zip(lines, wanted):
            need(line == due, f"{line!r} is not {due!r}")
        for stamp, (_, _, _, began, ended) in zip(times, self.sent[first:]):
            need(began <= stamp <= ended, f"CreateTime {stamp} is not between {began} and {ended}")
        return f"{count} records: {lines[7 if count > 7 else 0]}"

    def console_by_kcat(self):
        """kcat reads what the console producer wrote, and agrees about times."""
        output = self.kcat("-C", "-q", "-e", "-o", "beginning", "-t", self.topic("console"), "-J")
        records = [json.loads(line) for line in output.splitlines()]
        need(len(records) == len(self.sent), output)
        for i, (record, (key, headers, value, began, ended)) in enumerate(zip(records, self.sent)):
            flat = [part for header in headers for part in header]
            need((record["key"], record.get("headers", []), record["payload"]) == (key, flat, value), record)
            need(record["offset"] == i and record["partition"] == 0 and record["tstype"] == "create", record)
            need(began <= record["ts"] <= ended, record)
        return f"{len(records)} records: {output.splitlines()[7]}"

    # --- kafka-producer-perf-test and kafka-get-offsets

    def perf(self, compression):
        seen = self.kafka(
            "kafka-producer-perf-test",
            *("--topic", self.topic(f"perf-{compression}"), "--num-records", str(PERF_RECORDS)),
            *("--record-size", str(PERF_SIZE), "--throughput", "-1", "--command-property"),
            *("acks=all", "enable.idempotence=true", f"compression.type={compression}"),
        )
        matching(rf"^{PERF_RECORDS} records sent, ", seen)
        need("Exception" not in seen and "ERROR" not in seen, seen)
        return seen.splitlines()[-1]

    def perf_read(self):
        """Reads every topic to its end, and checks the length of each record."""
        for compression in COMPRESSIONS:
            output = self.kcat("-C", "-q", "-e", "-o", "beginning", "-t", self.topic(f"perf-{compression}"), "-f", "%p %o %S\n")
            offsets = sorted(tuple(map(int, line.split())) for line in output.splitlines())
            need(offsets == [(0, i, PERF_SIZE) for i in range(PERF_RECORDS)], f"{compression}: {len(offsets)} records")
        return f"{len(COMPRESSIONS)} topics, each with {PERF_RECORDS} records of {PERF_SIZE} bytes, at offsets without a gap"

    def perf_offsets(self):
        seen = self.kafka("kafka-get-offsets", "--topic", self.topic("perf-") + ".*")
        wanted = {f"{self.topic('perf-' + compression)}:0:{PERF_RECORDS}" for compression in COMPRESSIONS}
        need(set(seen.split()) == wanted, seen)
        return seen

    def perf_log(self):
        """Checks the batches in the log: their compression, and that they have a producer's id and sequence."""
        topics = {self.topic(f"perf-{compression}"): compression for compression in COMPRESSIONS}
        files = [os.path.join(self.logs, f"{topic}-0", f"{0:020}.log") for topic in topics]
        output = self.run([self.kafka_tool, "kafka-dump-log", "--files", ",".join(files)])
        batches = {topic: [] for topic in topics}
        batch = re.compile(r"^baseOffset: (\d+) .* count: (\d+) baseSequence: (\d+) .* producerId: (\d+) .* compresscodec: (\w+) .* isvalid: true$")
        topic = None
        for line in output.splitlines():
            if line.startswith("Dumping "):
                topic = os.path.basename(os.path.dirname(line.split()[1]))[: -len("-0")]
            elif line.startswith("baseOffset: "):
                found = batch.match(line)
                need(found, line)
                batches[topic].append(found.groups())
        for topic, compression in topics.items():
            need({found[4] for found in batches[topic]} == {compression}, f"{topic}: {batches[topic][:3]}")
            need(sum(int(found[1]) for found in batches[topic]) == PERF_RECORDS, f"{topic}: {len(batches[topic])} batches")
            need(all(found[0] == found[2] for found in batches[topic]), f"{topic}: {batches[topic][:3]}")
        return ", ".join(f"{len(batches[topic])} batches in {compression}" for topic, compression in topics.items())

    def spread_times(self):
        """Has kcat write to three partitions in two runs, and returns the expected output of get-offsets."""
        topic = self.topic("spread")
        self.kafka("kafka-topics", "--create", "--topic", topic, "--partitions", "3")
        counts = (5, 9, 0)
        for partition, count in enumerate(counts[:2]):
            self.kcat("-P", "-t", topic, "-p", str(partition), stdin=b"early\n" * count)
        time.sleep(0.05)
        middle = now_ms()
        time.sleep(0.05)
        self.kcat("-P", "-t", topic, "-p", "1", stdin=b"late\n" * 4)
        self.spread_middle = middle
        return f"5, 9+4 and 0 records; the time between is {middle}"

    def get_offsets(self, when, *offsets):
        seen = self.kafka("kafka-get-offsets", "--topic", self.topic("spread"), "--time", str(when))
        wanted = [
            f"{self.topic('spread')}:{partition}:{offset}" for partition, offset in enumerate(offsets) if offset is not None
        ]
        need(seen.split() == wanted, f"{seen} and not {wanted}")
        return seen

    def get_offsets_of_some(self):
        topic = self.topic("spread")
        seen = self.kafka("kafka-get-offsets", "--topic-partitions", f"{topic}:1-,{self.topic('console')}:0")
        need(seen.split() == [f"{self.topic('console')}:0:{len(self.sent)}", f"{topic}:1:13", f"{topic}:2:0"], seen)
        return seen

    # --- kcat

    def kcat_list(self):
        seen = self.kcat("-L", "-t", self.topic("spread"))
        matching(rf"^ 1 brokers:\n  broker \d+ at {re.escape(self.bootstrap)} \(controller\)$", seen)
        matching(rf'^  topic "{self.topic("spread")}" with 3 partitions:$', seen)
        for partition in range(3):
            matching(rf"^    partition {partition}, leader (\d+), replicas: \1, isrs: \1$", seen)
        everything = json.loads(self.kcat("-L", "-J"))
        names = {topic["topic"] for topic in everything["topics"]}
        need({self.topic("spread"), self.topic("perf-zstd")} <= names, names)
        return seen

    def kcat_query(self):
        topic = self.topic("spread")
        seen = self.kcat("-Q", *(word for p in range(3) for when in (-1, -2) for word in ("-t", f"{topic}:{p}:{when}")))
        # It asks for one time of a partition at a time, and prints the last one asked for.
        need("offset" in seen, seen)
        for when, wanted in ((-1, (5, 13, 0)), (-2, (0, 0, 0)), (self.spread_middle, (-1, 9, -1))):
            seen = self.kcat("-Q", *(word for p in range(3) for word in ("-t", f"{topic}:{p}:{when}")))
            got = {int(p): int(offset) for p, offset in re.findall(rf"^{topic} \[(\d)\] offset (-?\d+)$", seen, re.MULTILINE)}
            need(got == dict(enumerate(wanted)), f"{when}: {seen}")
        return seen

    def kcat_from(self):
        """Reads from the positions that -o supports: an offset, a number from the end, a time."""
        topic = self.topic("spread")
        seen = ""
        for where, wanted in (
            (["-o", "11"], [11, 12]),
            (["-o", "-3"], [10, 11, 12]),
            (["-o", f"s@{self.spread_middle}"], [9, 10, 11, 12]),
            (["-o", "s@1", "-o", f"e@{self.spread_middle}"], list(range(9))),
            (["-o", "beginning", "-c", "2"], [0, 1]),
        ):
            seen = self.kcat("-C", "-q", "-e", "-t", topic, "-p", "1", *where, "-f", "%o ")
            need(list(map(int, seen.split())) == wanted, f"{where}: {seen}")
        return "an offset, -3, s@, e@, -c"

    def kcat_both(self, compression):
        """Writes with keys and headers, and reads every field back."""
        topic = self.topic(f"kcat-{compression}")
        rows = [(f"k{i}", f"v{i} " * (i % 9)) for i in range(300)]
        began = now_ms()
        self.kcat(
            *("-P", "-t", topic, "-p", "0", "-z", compression, "-X", "enable.idempotence=true", "-X", "linger.ms=20"),
            *("-K", "=", "-H", "trace=a b", "-H", "sign=ä"),
            stdin="".join(f"{key}={value}\n" for key, value in rows).encode(),
        )
        ended = now_ms()
        output = self.kcat("-C", "-q", "-e", "-o", "beginning", "-t", topic, "-f", "%t\x01%p\x01%o\x01%T\x01%h\x01%k\x01%s\n")
        lines = output.splitlines()
        need(len(lines) == len(rows), f"{len(lines)} records: {output}")
        for i, (line, (key, value)) in enumerate(zip(lines, rows)):
            name, partition, offset, stamp, headers, got_key, got_value = line.split("\x01")
            need((name, partition, offset) == (topic, "0", str(i)), line)
            need((headers, got_key, got_value) == ("trace=a b,sign=ä", key, value), line)
            need(began <= int(stamp) <= ended, f"{line} is not between {began} and {ended}")
        return lines[8].replace("\x01", " ")

    def run_all(self):
        self.checks(
            [
                ("kafka-topics --create", self.create),
                ("kafka-topics --create, again", self.create_again),
                ("kafka-topics --describe", lambda: self.describe(self.topic("orders"), 3, "max.message.bytes=123456")),
                ("kafka-topics --alter --partitions", self.alter_partitions),
                ("kafka-topics --alter to fewer partitions", self.fewer_partitions),
                ("kafka-configs --alter --add-config", self.alter_config),
                ("kafka-configs --alter --delete-config", self.delete_config),
                ("kafka-configs --alter, bad value", self.bad_config),
                ("kafka-topics --delete", self.delete),
                ("kafka-topics --list", self.list_topics),
            ],
            [
                ("kafka-console-producer", self.console_produce),
                ("kafka-console-consumer --from-beginning", lambda: self.console_consume("--from-beginning")),
                ("kafka-console-consumer --offset", lambda: self.console_consume("--partition", "0", "--offset", "30", count=10, first=30)),
                (
                    "kafka-console-consumer, protocol consumer",
                    lambda: self.console_consume(
                        *("--from-beginning", "--group", self.topic("g"), "--command-property", "group.protocol=consumer")
                    ),
                ),
                ("kcat -C of kafka-console-producer's records", self.console_by_kcat),
            ],
            [("kafka-configs --describe brokers", self.broker_config)],
            [("kafka-broker-api-versions", self.api_versions)],
            *([(f"kafka-producer-perf-test {compression}", lambda c=compression: self.perf(c))] for compression in COMPRESSIONS),
            *([(f"kcat -P and -C {compression}", lambda c=compression: self.kcat_both(c))] for compression in COMPRESSIONS),
            [("kcat -P to several partitions", self.spread_times)],
        )
        self.checks(
            [("kcat -C of kafka-producer-perf-test's records", self.perf_read)],
            [("kafka-get-offsets after kafka-producer-perf-test", self.perf_offsets)],
            [("kafka-dump-log of what is on the disk", self.perf_log)] if self.logs else [],
            [("kafka-get-offsets --time latest", lambda: self.get_offsets("latest", 5, 13, 0))],
            [("kafka-get-offsets --time -2", lambda: self.get_offsets(-2, 0, 0, 0))],
            [("kafka-get-offsets --time max-timestamp", self.max_timestamp)],
            [("kafka-get-offsets --time earliest-local", lambda: self.get_offsets("earliest-local", 0, 0, 0))],
            [("kafka-get-offsets --time of the clock", lambda: self.get_offsets(self.spread_middle, None, 9, None))],
            [("kafka-get-offsets --topic-partitions", self.get_offsets_of_some)],
            [("kcat -L", self.kcat_list)],
            [("kcat -Q", self.kcat_query)],
            [("kcat -C -o", self.kcat_from)],
        )

    def max_timestamp(self):
        """The records of one run may have the same time, so the offset is only bounded."""
        seen = self.kafka("kafka-get-offsets", "--topic", self.topic("spread"), "--time", "max-timestamp")
        got = dict(re.findall(rf"^{self.topic('spread')}:(\d):(-?\d*)$", seen, re.MULTILINE))
        need(0 <= int(got["0"]) < 5 and 9 <= int(got["1"]) < 13, seen)
        return seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--kafka-tool", required=True)
    parser.add_argument("--logs")
    tools = Tools(parser.parse_args())
    need(re.fullmatch(r"\S+:\d+", tools.bootstrap), f"not an address: '{tools.bootstrap}'")
    began = time.monotonic()
    tools.run_all()
    print(f"{tools.passed} passed, {tools.failed} failed in {time.monotonic() - began:.0f} s")
    sys.exit(0 if tools.failed == 0 and tools.passed > 0 else 1)


if __name__ == "__main__":
    main()
