"""aiokafka."""

import asyncio

import common
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def send_all(bootstrap, records, topic, compression):
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        linger_ms=20,
        compression_type=None if compression == "none" else compression,
    )
    await producer.start()
    try:
        futures = [
            await producer.send(
                topic,
                value=record["value"],
                key=record["key"],
                headers=record["headers"],
                partition=record["partition"],
                timestamp_ms=record["timestamp"],
            )
            for record in records
        ]
        await asyncio.gather(*futures)
    finally:
        await producer.stop()


async def read_all(bootstrap, count, topic):
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, partition) for partition in (await topic_partitions(consumer, topic))]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        read = []
        while len(read) < count:
            batches = await consumer.getmany(timeout_ms=60000)
            if not batches:
                break
            for batch in batches.values():
                for record in batch:
                    read.append(
                        (record.partition, record.offset, record.timestamp, record.key, record.value, record.headers)
                    )
        return read
    finally:
        await consumer.stop()


async def topic_partitions(consumer, topic):
    await consumer._client.add_topic(topic)
    return sorted(consumer.partitions_for_topic(topic))


def produce(bootstrap, records, topic, compression):
    asyncio.run(send_all(bootstrap, records, topic, compression))


def consume(bootstrap, count, topic):
    return asyncio.run(read_all(bootstrap, count, topic))


if __name__ == "__main__":
    common.main(produce, consume)
