"""Has members of consumer groups join and leave at random while records are produced, and checks that each record reached each group.

    churn.py --workers CLIENT=COMMAND... --broker COMMAND --work DIR [--kinds KIND,...] [--seconds S] [--records N]
             [--partitions N] [--members N] [--kills N] [--seed N] [--storage NAME] [--at-once N]

A kind is CLIENT:VARIANT, such as java:range-static. Each has a group of its own; all read one topic of one broker at the same
time, or --at-once of them, and then the next ones with another broker. A worker is a process that holds all members of all kinds of one client; its command is called as
    COMMAND BOOTSTRAP TOPIC RUN
and the group of a kind is RUN-KIND. It reads lines from standard input,
    join KIND MEMBER         a member that does not run joins
    leave KIND MEMBER        a member that runs commits what it processed, and leaves the group cleanly
and when standard input ends all leave and it ends, too. It prints
    records KIND MEMBER PARTITION OFFSET=VALUE...   what was processed, before its offsets may be committed
    assigned|revoked|lost KIND MEMBER PARTITION...  what the client told the program, where it tells
    left KIND MEMBER                                after the end of a member
    error KIND MEMBER TEXT                          an exception that ended a member, which is started again

The value of a record is its number within its partition, counted as it was sent: so offset and value are equal unless the
broker doubled or lost a record, or gave out one in place of another. Records that a group processed twice are permitted, counted, and
explained as far as the events around them explain them.
"""

import argparse
import collections
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

BURSTS_PER_S = 4
WARM_UP_S = 90
# The longest time without a new record at the end, before missing records count as lost.
SILENCE_S = 120
PACE_S = 1.0
RESTART_GAP_S = 0.5

# Members that end without leaving are detected soon, like those of classic groups here. The interval of heartbeats stays at
# Kafka's 5 s: librdkafka waits as long for an answer, and if a late answer revokes partitions, it never receives that, with
# Apache Kafka as with Ottla. Apache Kafka waits 3 s for a group's second member if not told otherwise.
SETTINGS = (
    "group.consumer.session.timeout.ms=15000",
    "group.consumer.min.session.timeout.ms=15000",
    "group.initial.rebalance.delay.ms=0",
)

KINDS = [
    *(f"java:{a}{s}" for s in ("", "-static") for a in ("range", "roundrobin", "sticky", "cooperative-sticky")),
    *(f"java:{a}{s}" for s in ("", "-static") for a in ("consumer", "consumer-range")),
    *(f"kcat:{a}" for a in ("range", "roundrobin", "cooperative-sticky")),
    *(f"kafka-python:{a}" for a in ("range", "roundrobin", "sticky", "cooperative-sticky")),
    *(f"aiokafka:{a}" for a in ("range", "roundrobin", "sticky")),
    *(f"confluent-kafka:{a}" for a in ("range", "roundrobin", "cooperative-sticky", "consumer", "consumer-range")),
    "kafkajs:roundrobin",
    *(f"franz-go:{a}" for a in ("range", "roundrobin", "sticky", "cooperative-sticky", "consumer", "consumer-range")),
    *(f"sarama:{a}" for a in ("range", "roundrobin", "sticky")),
]

# kcat drops its present record when it is stopped, although the offset counts as processed then
# (`if (!conf.run) return` before it prints). So one record may be missing for each leave, if it is the
# next one of a partition that the leaving member had.
DROPPERS = ("kcat",)

UNSEEN = 255
# The number of records before and after a lost one that are printed.
NEAR = 40


class Broker:
    """The broker in a separate process; it keeps its address when it is restarted."""

    def __init__(self, command, work, storage):
        self.command = command
        self.work = work
        self.storage = storage
        self.port = 0
        self.process = None

    def start(self):
        ready = os.path.join(self.work, "ready")
        if os.path.exists(ready):
            os.remove(ready)
        with open(os.path.join(self.work, "broker.log"), "ab") as log:
            self.process = subprocess.Popen(
                [
                    *(self.command, "--port", str(self.port), *(["--storage", self.storage] if self.storage else [])),
                    *("--data-dir", os.path.join(self.work, "data"), "--ready-file", ready),
                    *(word for setting in SETTINGS for word in ("--set", setting)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 120
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the broker did not start; see broker.log")
            time.sleep(0.02)
        with open(ready, encoding="utf-8") as file:
            bootstrap = re.search(r"^bootstrap.servers=(\S+:(\d+))$", file.read(), re.MULTILINE)
        self.port = int(bootstrap.group(2))
        return bootstrap.group(1)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()


class Source:
    """Sends numbered records in bursts, evenly over the time."""

    def __init__(self, bootstrap, topic, partitions, records, seconds):
        self.topic = topic
        self.partitions = partitions
        self.records = records
        self.seconds = seconds
        self.done = 0
        self.sent = [0] * partitions
        self.acknowledged = [0] * partitions
        self.problems = []
        self.producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "linger.ms": 5,
                "message.timeout.ms": 0,
                "reconnect.backoff.max.ms": 500,
                "error_cb": lambda error: None,
                "log_level": 0,
            }
        )
        self.thread = threading.Thread(target=self.run, daemon=True)

    def delivered(self, error, message):
        partition = message.partition()
        if error is not None:
            self.problems.append(f"a record was not taken: {error}")
            return
        number = int(message.value())
        if message.offset() != number:
            self.problems.append(f"record {number} of partition {partition} got offset {message.offset()}")
        self.acknowledged[partition] += 1

    def send(self, due):
        """Sends records to the partitions in turn, up to a total."""
        while self.done < due:
            partition = self.done % self.partitions
            self.producer.produce(
                self.topic, str(self.sent[partition]).encode(), partition=partition, on_delivery=self.delivered
            )
            self.sent[partition] += 1
            self.done += 1

    def run(self):
        began = time.monotonic()
        bursts = max(1, int(self.seconds * BURSTS_PER_S))
        for burst in range(bursts):
            self.send(self.records * (burst + 1) // bursts)
            while time.monotonic() < began + (burst + 1) / BURSTS_PER_S:
                self.producer.poll(0.02)
        left = self.producer.flush(SILENCE_S)
        while left:
            before = left
            left = self.producer.flush(SILENCE_S)
            if left == before:
                break
        if left:
            self.problems.append(f"{left} records were not acknowledged in time")


class Group:
    """The records and events of the members of one kind."""

    def __init__(self, kind, members, partitions, seed):
        self.kind = kind
        self.chance = random.Random(f"{seed} {kind}")
        self.running = set()
        self.idle = set(range(members))
        self.leaving = set()
        # The member that processed a record last, by partition and offset.
        self.owner = [bytearray() for _ in range(partitions)]
        self.seen = [0] * partitions
        self.newest = [-1] * partitions
        self.events = collections.Counter()
        # By member: the last offset that it processed of each partition since it was assigned to it, or -1.
        self.last = collections.defaultdict(dict)
        # The events of each partition, with the last offset that was processed at that time, to explain lost records.
        self.history = collections.defaultdict(list)
        self.left = []
        # The time at which a partition was revoked from a member.
        self.taken_at = {}
        # The members, with their partitions, after a revocation without a later assignment.
        self.gone = set()
        self.doubles = []
        self.errors = []
        self.wrong = []
        self.fresh = time.monotonic()
        self.pause = 0

    def is_complete(self, counts):
        if any(seen < count - self.droppable() for seen, count in zip(self.seen, counts)):
            return False
        return not self.droppable() or not self.missing(counts)[0]

    def droppable(self):
        return len(self.left) if self.kind.split(":")[0] in DROPPERS else 0

    def missing(self, counts):
        """Returns the places of the records that were not processed, and the number of those that their clients dropped."""
        missing = [
            (partition, offset)
            for partition, count in enumerate(counts)
            for offset in range(count)
            if offset >= len(self.owner[partition]) or self.owner[partition][offset] == UNSEEN
        ]
        lost = []
        ended = [last for _, _, last in self.left] if self.droppable() else []
        for partition, offset in missing:
            could = [last for before in (offset - 1, -1) for last in ended if last.get(partition) == before]
            if could:
                ended.remove(could[0])
            else:
                lost.append((partition, offset))
        return lost, len(missing) - len(lost)

    def take(self, member, partition, pairs):
        now = time.monotonic()
        owner = self.owner[partition]
        for pair in pairs:
            offset, value = pair.split("=")
            if offset != value:
                self.wrong.append(f"partition {partition} offset {offset} held record {value}")
            offset = int(offset)
            if offset >= len(owner):
                owner.extend(bytes([UNSEEN]) * (offset + 1000 - len(owner)))
            if owner[offset] == UNSEEN:
                self.seen[partition] += 1
                self.pause = max(self.pause, now - self.fresh)
                self.fresh = now
            else:
                self.doubles.append((now, partition, offset, owner[offset], member))
            owner[offset] = member
            self.last[member][partition] = offset
            self.newest[partition] = offset

    def assigned(self, member, partitions):
        for partition in map(int, partitions):
            if partition not in self.last[member] or (member, partition) in self.gone:
                self.last[member][partition] = -1
                self.gone.discard((member, partition))
            self.remember(f"assigned to {member}", partition)

    def taken(self, member, partitions):
        now = time.monotonic()
        for partition in map(int, partitions):
            self.taken_at[member, partition] = now
            self.gone.add((member, partition))
            self.remember(f"taken from {member}", partition)

    def ended(self, member):
        last = self.last.pop(member, {})
        self.left.append((time.monotonic(), member, last))
        for partition in last:
            self.gone.discard((member, partition))
            self.remember(f"left by {member} after {last[partition]}", partition)

    def remember(self, what, partition):
        self.history[partition].append((self.newest[partition], f"{time.monotonic():.2f} {what}"))

    def story(self, partition, offset):
        """Describes the events of a partition around the time when a record of it was due."""
        near = [f"{text} (at {newest})" for newest, text in self.history[partition] if abs(newest - offset) <= NEAR]
        return f"around {offset} of partition {partition}: {', '.join(near) or 'nothing'}"


class Churn:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.run_name = f"churn{int(time.time()) % 10**7}"
        self.broker = Broker(options.broker, options.work, options.storage)
        self.groups = {
            kind: Group(kind, options.members, options.partitions, options.seed) for kind in options.kinds
        }
        self.workers = {}
        self.lock = threading.Lock()
        # The times at which the broker was killed, and served again.
        self.outages = []
        self.ended = False

    def say(self, text):
        print(text, flush=True)

    def start_workers(self, bootstrap):
        commands = dict(worker.split("=", 1) for worker in self.options.workers)
        for client in {kind.split(":")[0]: None for kind in self.groups}:
            with open(os.path.join(self.work, f"{client}.log"), "wb") as log:
                worker = subprocess.Popen(
                    [*shlex.split(commands[client]), bootstrap, self.run_name, self.run_name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            threading.Thread(target=self.listen, args=(client, worker), daemon=True).start()
            self.workers[client] = worker

    def listen(self, client, worker):
        with open(os.path.join(self.work, f"{client}.out"), "w", encoding="utf-8") as out:
            for raw in worker.stdout:
                line = raw.decode(errors="replace").rstrip("\n")
                words = line.split(" ")
                if words[0] != "records":
                    out.write(f"{time.monotonic():.2f} {line}\n")
                with self.lock:
                    try:
                        self.heard(words)
                    except (IndexError, KeyError, ValueError):
                        out.write(f"not understood: {line}\n")

    def heard(self, words):
        what, group, member = words[0], self.groups[words[1]], int(words[2])
        if what == "records":
            group.take(member, int(words[3]), words[4:])
        elif what == "left":
            group.running.discard(member)
            group.leaving.discard(member)
            group.idle.add(member)
            group.ended(member)
        elif what == "error":
            group.errors.append((time.monotonic(), member, " ".join(words[3:])))
        else:
            group.events[what] += 1
            if what == "assigned":
                group.assigned(member, words[3:])
            else:
                group.taken(member, words[3:])
            if what == "lost":
                group.events["partitions lost"] += len(words) - 3

    def tell(self, what, group, member):
        worker = self.workers[group.kind.split(":")[0]]
        try:
            worker.stdin.write(f"{what} {group.kind} {member}\n".encode())
            worker.stdin.flush()
        except OSError:
            group.wrong.append("the worker ended")
            return
        group.events[what] += 1
        if what == "join":
            group.idle.discard(member)
            group.running.add(member)
        else:
            group.running.discard(member)
            group.leaving.add(member)

    def step(self, group):
        """Has one member join or leave: the fewer there are, the more likely one joins."""
        share = len(group.running) / self.options.members
        if group.idle and group.chance.random() > share:
            self.tell("join", group, group.chance.choice(sorted(group.idle)))
        elif group.running:
            self.tell("leave", group, group.chance.choice(sorted(group.running)))

    def warm_up(self, source):
        """Starts half of the members, and waits until each group has read a first record of each partition."""
        began = time.monotonic()
        with self.lock:
            for group in self.groups.values():
                for member in range(self.options.members // 2):
                    self.tell("join", group, member)
        source.send(source.partitions)
        waiting = list(self.groups.values())
        while waiting and time.monotonic() < began + WARM_UP_S:
            source.producer.poll(0.05)
            with self.lock:
                waiting = [group for group in waiting if not (any(source.acknowledged) and group.is_complete(source.acknowledged))]
        self.say(f"     all members that are there at the beginning had work after {time.monotonic() - began:.1f} s")
        for group in waiting:
            self.say(f"     {group.kind} had not")
        now = time.monotonic()
        for group in self.groups.values():
            group.fresh = now
            group.pause = 0

    def churn(self, began, source):
        seconds = self.options.seconds
        kills = [seconds * (i + 1) / (self.options.kills + 1) for i in range(self.options.kills)]
        due = {group.kind: began + group.chance.expovariate(1 / PACE_S) for group in self.groups.values()}
        while time.monotonic() < began + seconds:
            if kills and time.monotonic() > began + kills[0]:
                kills.pop(0)
                killed = time.monotonic()
                self.broker.kill()
                acknowledged = sum(source.acknowledged)
                time.sleep(RESTART_GAP_S)
                self.broker.start()
                self.outages.append((killed, time.monotonic()))
                self.say(
                    f"     killed the broker after {acknowledged} records were acknowledged;"
                    f" it served again after {time.monotonic() - killed:.1f} s"
                )
            with self.lock:
                now = time.monotonic()
                for group in self.groups.values():
                    if now > due[group.kind]:
                        self.step(group)
                        due[group.kind] = now + group.chance.expovariate(1 / PACE_S)
            time.sleep(0.02)

    def drain(self, source):
        """Waits until all groups have read everything; a group without new records for long has lost some."""
        source.thread.join()
        began = time.monotonic()
        took = {}
        while len(took) < len(self.groups):
            with self.lock:
                waited_for = [group for group in self.groups.values() if group.kind not in took]
                if time.monotonic() > SILENCE_S + max(began, *(group.fresh for group in waited_for)):
                    break
                for group in self.groups.values():
                    if not group.running and not group.leaving:
                        self.tell("join", group, min(group.idle))
                    if group.kind not in took and group.is_complete(source.acknowledged):
                        took[group.kind] = time.monotonic() - began
            time.sleep(0.05)
        return took

    def end_workers(self):
        for worker in self.workers.values():
            try:
                worker.stdin.close()
            except OSError:
                pass
        deadline = time.monotonic() + 60
        for client, worker in self.workers.items():
            try:
                worker.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"     the worker of {client} did not end in time, and is killed")
                worker.kill()

    def explain(self, group):
        """Groups the records that were processed twice by the event before."""
        if not group.doubles:
            return ""
        reasons = collections.Counter()
        for when, partition, _, first, second in group.doubles:
            if any(killed < when < served + 15 for killed, served in self.outages):
                reasons["within 15 s of the kill"] += 1
            elif any(0 < when - failed < 30 and member == first for failed, member, _ in group.errors):
                reasons["after their member failed"] += 1
            elif any(0 < when - left < 30 and member == first for left, member, _ in group.left):
                reasons["after their member left"] += 1
            elif 0 < when - group.taken_at.get((first, partition), 0) < 30:
                reasons["after a rebalance took their partition from a member"] += 1
            elif first == second:
                reasons["by the same member"] += 1
            else:
                reasons["by another member"] += 1
        return " (" + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) + ")"

    def report(self, source, took):
        failed = 0
        total = sum(source.acknowledged)
        for group in self.groups.values():
            missing, dropped = group.missing(source.acknowledged)
            extra = sum(group.seen) - total + len(missing) + dropped
            good = not missing and not group.wrong and extra == 0
            failed += not good
            text = (
                f"{'PASS' if good else 'FAIL'} {group.kind}: {total} records, {len(missing)} lost,"
                f"{f' {dropped} dropped by the client as it ended,' if dropped else ''} {len(group.doubles)} doubled{self.explain(group)}; {group.events['join']} joins,"
                f" {group.events['leave']} leaves, {group.events['assigned']} assignments,"
                f" {group.events['partitions lost']} partitions lost to others, {len(group.errors)} errors;"
                f" no record for {group.pause:.1f} s at most, all read {took.get(group.kind, -1):.1f} s after the last was sent"
            )
            if missing:
                text += f"; missing are {missing[:6]}; {group.story(*missing[0])}"
            if extra:
                text += f"; {extra} records that were never sent"
            for what in group.wrong[:3]:
                text += f"; {what}"
            if group.errors:
                text += f"; the first error: {group.errors[0][2][:200]}"
            self.say(text)
        for problem in source.problems[:5]:
            failed += 1
            self.say(f"FAIL the producer: {problem}")
        with open(os.path.join(self.work, "broker.log"), encoding="utf-8", errors="replace") as log:
            bad = [line.strip() for line in log if "ERROR" in line or "WARN" in line]
        for line in bad[:5]:
            self.say(f"     broker: {line[:300]}")
        if any("ERROR" in line for line in bad):
            failed += 1
            self.say("FAIL the broker logged errors")
        return failed

    def run(self):
        options = self.options
        bootstrap = self.broker.start()
        try:
            admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
            made = admin.create_topics([NewTopic(self.run_name, options.partitions, 1)])
            made[self.run_name].result(60)
            self.start_workers(bootstrap)
            source = Source(bootstrap, self.run_name, options.partitions, options.records, options.seconds)
            self.warm_up(source)
            began = time.monotonic()
            source.thread.start()
            self.churn(began, source)
            took = self.drain(source)
            self.end_workers()
            with self.lock:
                return self.report(source, took)
        finally:
            self.broker.stop()
            for worker in self.workers.values():
                if worker.poll() is None:
                    worker.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", nargs="+", required=True)
    parser.add_argument("--broker", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--kinds", default="all")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--partitions", type=int, default=24)
    parser.add_argument("--members", type=int, default=12)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--storage")
    parser.add_argument("--at-once", type=int, default=1000)
    options = parser.parse_args()
    wanted = options.kinds.split(",")
    options.kinds = [
        kind for kind in KINDS if options.kinds == "all" or kind in wanted or kind.split(":")[0] in wanted
    ]
    if not options.kinds:
        sys.exit(f"no such kinds; there are {' '.join(KINDS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(
        f"     {len(options.kinds)} kinds, {options.members} members each, {options.partitions} partitions,"
        f" {options.records} records in {options.seconds:g} s, {options.kills} kills, seed {options.seed}",
        flush=True,
    )
    kinds, work, failed = options.kinds, options.work, 0
    for i in range(0, len(kinds), options.at_once):
        options.kinds = kinds[i : i + options.at_once]
        options.work = os.path.join(work, f"round-{i // options.at_once}")
        os.makedirs(options.work)
        failed += Churn(options).run()
    print(f"{len(kinds) - min(failed, len(kinds))} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
