"""aiokafka as a worker of churn.py: a task for each member, all in one event loop."""

import asyncio
import sys
import traceback

import churn_common
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
}


# A client that is stopped while it has no coordinator does not look one up, and retries its last commit for ever.
STOP_S = 20


class Listener(ConsumerRebalanceListener):
    def __init__(self, kind, number):
        self.name = (kind, number)

    def on_partitions_assigned(self, assigned):
        churn_common.say("assigned", *self.name, *(partition.partition for partition in assigned))

    def on_partitions_revoked(self, revoked):
        churn_common.say("revoked", *self.name, *(partition.partition for partition in revoked))


async def consume(bootstrap, topic, run, kind, number, stop):
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id=f"{kind}-{number}",
        group_id=f"{run}-{kind}",
        auto_offset_reset="earliest",
        auto_commit_interval_ms=1000,
        session_timeout_ms=10000,
        heartbeat_interval_ms=1000,
        partition_assignment_strategy=[ASSIGNORS[kind.split(":")[1]]],
    )
    consumer.subscribe([topic], listener=Listener(kind, number))
    try:
        await consumer.start()
        while not stop.is_set():
            for partition, batch in (await consumer.getmany(timeout_ms=200)).items():
                churn_common.records(kind, number, partition.partition, [(record.offset, record.value) for record in batch])
    except Exception as error:
        traceback.print_exc()
        churn_common.say("error", kind, number, repr(error).replace("\n", " "))
    finally:
        try:
            await asyncio.wait_for(consumer.stop(), STOP_S)
        except asyncio.TimeoutError:
            churn_common.say("error", kind, number, f"did not stop within {STOP_S} s")
            await consumer._client.close()
        churn_common.say("left", kind, number)


async def main():
    bootstrap, topic, run = sys.argv[1:]
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    members = {}
    ending = set()
    while line := (await lines.readline()).decode():
        verb, kind, number = line.split()
        if verb == "join":
            stop = asyncio.Event()
            members[kind, number] = (stop, asyncio.create_task(consume(bootstrap, topic, run, kind, number, stop)))
        else:
            stop, task = members.pop((kind, number))
            stop.set()
            ending.add(task)
    for stop, task in members.values():
        stop.set()
        ending.add(task)
    await asyncio.gather(*ending)


if __name__ == "__main__":
    asyncio.run(main())
