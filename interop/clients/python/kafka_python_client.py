"""kafka-python."""

import common
from kafka import KafkaConsumer, KafkaProducer, TopicPartition


def produce(bootstrap, records, topic, compression):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        linger_ms=20,
        compression_type=None if compression == "none" else compression,
    )
    futures = [
        producer.send(
            topic,
            value=record["value"],
            key=record["key"],
            headers=record["headers"],
            partition=record["partition"],
            timestamp_ms=record["timestamp"],
        )
        for record in records
    ]
    producer.flush()
    for future in futures:
        future.get(timeout=60)
    producer.close()


def consume(bootstrap, count, topic):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest", consumer_timeout_ms=60000
    )
    partitions = consumer.partitions_for_topic(topic)
    consumer.assign([TopicPartition(topic, partition) for partition in partitions])
    consumer.seek_to_beginning()
    read = []
    for record in consumer:
        read.append((record.partition, record.offset, record.timestamp, record.key, record.value, record.headers))
        if len(read) == count:
            break
    consumer.close()
    return read


if __name__ == "__main__":
    common.main(produce, consume)
