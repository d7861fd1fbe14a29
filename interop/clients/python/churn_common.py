"""The common code of the Python workers of churn.py, which describes the protocol: the lines of standard input and output, and a thread for
each member."""

import logging
import sys
import threading
import traceback

# kafka-python and aiokafka print the reason of a failed commit on standard error.
logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)

lock = threading.Lock()


def say(*words):
    with lock:
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()


def records(kind, member, partition, pairs):
    """Reports processed records: pairs of offset and value."""
    say("records", kind, member, partition, *(f"{offset}={value.decode()}" for offset, value in pairs))


class Member:
    """A member in a separate thread; `consume(member)` returns soon after `stop` is set, with all committed and the group left."""

    def __init__(self, consume, bootstrap, topic, run, kind, number):
        self.bootstrap = bootstrap
        self.topic = topic
        self.group = f"{run}-{kind}"
        self.kind = kind
        self.variant = kind.split(":")[1]
        self.number = number
        self.stop = threading.Event()
        self.consume = consume
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            self.consume(self)
        except Exception as error:
            traceback.print_exc()
            say("error", self.kind, self.number, repr(error).replace("\n", " "))
        say("left", self.kind, self.number)

    def records(self, partition, pairs):
        records(self.kind, self.number, partition, pairs)

    def note(self, what, partitions):
        say(what, self.kind, self.number, *partitions)


def main(consume):
    bootstrap, topic, run = sys.argv[1:]
    members = {}
    for line in sys.stdin:
        verb, kind, number = line.split()
        if verb == "join":
            members[kind, number] = Member(consume, bootstrap, topic, run, kind, number)
        else:
            members.pop((kind, number)).stop.set()
    for member in members.values():
        member.stop.set()
    for member in members.values():
        member.thread.join()
