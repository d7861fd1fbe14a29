"""kcat -G as a worker of churn.py: a process for each member, which SIGTERM ends.

A record that kcat holds in its hand at that moment counts as processed for its library, but kcat does not print it. So a member is
ended in a short silence of its output, when the next burst of records is not due yet; churn.py permits what is dropped still.
"""

import re
import subprocess
import threading
import time

QUIET_S = 0.03
PATIENCE_S = 5

import churn_common


def consume(member):
    process = subprocess.Popen(
        [
            *("kcat", "-b", member.bootstrap, "-E", "-G", member.group, "-u", "-f", "%p %o %s\\n"),
            *("-X", f"client.id={member.kind}-{member.number}", "-X", "auto.offset.reset=earliest"),
            *("-X", "auto.commit.interval.ms=1000", "-X", f"partition.assignment.strategy={member.variant}"),
            *("-X", "session.timeout.ms=10000", "-X", "heartbeat.interval.ms=1000", "-X", "reconnect.backoff.max.ms=500"),
            member.topic,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    def listen():
        for line in process.stderr:
            text = line.decode(errors="replace").strip()
            if "rebalanced" in text:
                what = "assigned" if "assigned" in text or "incremental assign" in text else "revoked"
                member.note(what, re.findall(r"\[(\d+)\]", text))
            elif "ERROR" in text and "Broker transport failure" not in text and "brokers are down" not in text:
                churn_common.say("error", member.kind, member.number, text)

    printed_at = [0.0]

    def end():
        member.stop.wait()
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < min(deadline, printed_at[0] + QUIET_S):
            time.sleep(0.01)
        process.terminate()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    threading.Thread(target=end, daemon=True).start()
    for line in process.stdout:
        printed_at[0] = time.monotonic()
        partition, offset, value = line.split()
        member.records(partition.decode(), [(offset.decode(), value)])
    listener.join()
    code = process.wait()
    if not member.stop.is_set():
        raise RuntimeError(f"kcat ended by itself with {code}")


if __name__ == "__main__":
    churn_common.main(consume)
