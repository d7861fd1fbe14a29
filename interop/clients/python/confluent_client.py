"""confluent-kafka, which is librdkafka."""

import common
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition


def produce(bootstrap, records, topic, compression):
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "linger.ms": 20,
            "compression.type": compression,
        }
    )
    errors = []

    def delivered(error, _):
        if error is not None:
            errors.append(str(error))

    for record in records:
        producer.produce(
            topic,
            value=record["value"],
            key=record["key"],
            headers=record["headers"],
            partition=record["partition"],
            timestamp=record["timestamp"],
            on_delivery=delivered,
        )
    left = producer.flush(60)
    if errors or left:
        raise RuntimeError(f"{left} records are not sent; errors: {errors[:3]}")


def consume(bootstrap, count, topic):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=60).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
    read = []
    while len(read) < count:
        messages = consumer.consume(num_messages=count - len(read), timeout=60)
        if not messages:
            break
        for message in messages:
            if message.error():
                raise RuntimeError(str(message.error()))
            read.append(
                (
                    message.partition(),
                    message.offset(),
                    message.timestamp()[1],
                    message.key(),
                    message.value(),
                    message.headers(),
                )
            )
    consumer.close()
    return read


if __name__ == "__main__":
    common.main(produce, consume)
