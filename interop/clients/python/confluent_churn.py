"""confluent-kafka (librdkafka) as a worker of churn.py."""

import churn_common
from confluent_kafka import Consumer, KafkaError, KafkaException

BROKER_SIDE = {"consumer": "uniform", "consumer-range": "range"}


def consume(member):
    config = {
        "bootstrap.servers": member.bootstrap,
        "client.id": f"{member.kind}-{member.number}",
        "group.id": member.group,
        "auto.offset.reset": "earliest",
        "auto.commit.interval.ms": 1000,
        # An offset is stored after its record was processed, as librdkafka's own documentation advises.
        "enable.auto.offset.store": False,
        "reconnect.backoff.max.ms": 500,
        "log_level": 4,
    }
    if member.variant in BROKER_SIDE:
        config |= {"group.protocol": "consumer", "group.remote.assignor": BROKER_SIDE[member.variant]}
    else:
        config |= {
            "partition.assignment.strategy": member.variant,
            "session.timeout.ms": 10000,
            "heartbeat.interval.ms": 1000,
        }
    consumer = Consumer(config)

    def noted(what):
        return lambda _, partitions: member.note(what, [partition.partition for partition in partitions])

    consumer.subscribe([member.topic], on_assign=noted("assigned"), on_revoke=noted("revoked"), on_lost=noted("lost"))
    try:
        while not member.stop.is_set():
            for message in consumer.consume(num_messages=200, timeout=0.1):
                if message.error():
                    continue
                member.records(message.partition(), [(message.offset(), message.value())])
                try:
                    consumer.store_offsets(message)
                except KafkaException as error:
                    if error.args[0].code() != KafkaError._STATE:  # The partition was taken away since.
                        raise
    finally:
        consumer.close()


if __name__ == "__main__":
    churn_common.main(consume)
