"""kafka-python as a worker of churn.py."""

import churn_common
from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
    "cooperative-sticky": CooperativeStickyAssignor,
}


class Listener(ConsumerRebalanceListener):
    def __init__(self, member):
        self.member = member

    def on_partitions_assigned(self, assigned):
        self.member.note("assigned", [partition.partition for partition in assigned])

    def on_partitions_revoked(self, revoked):
        self.member.note("revoked", [partition.partition for partition in revoked])

    def on_partitions_lost(self, lost):
        self.member.note("lost", [partition.partition for partition in lost])


def consume(member):
    consumer = KafkaConsumer(
        bootstrap_servers=member.bootstrap,
        client_id=f"{member.kind}-{member.number}",
        group_id=member.group,
        auto_offset_reset="earliest",
        auto_commit_interval_ms=1000,
        session_timeout_ms=10000,
        heartbeat_interval_ms=1000,
        partition_assignment_strategy=[ASSIGNORS[member.variant]],
    )
    consumer.subscribe([member.topic], listener=Listener(member))
    try:
        while not member.stop.is_set():
            for partition, batch in consumer.poll(timeout_ms=200).items():
                member.records(partition.partition, [(record.offset, record.value) for record in batch])
    finally:
        # Its thread would continue to send heartbeats.
        consumer.close()


if __name__ == "__main__":
    churn_common.main(consume)
