"""The few requests of Kafka's protocol that a comparison needs and that jmh/tools/kload.c does not send."""

import socket
import struct
import time

CONNECT_TIMEOUT_S = 60


def connect(address):
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)), CONNECT_TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def text(value):
    encoded = value.encode()
    return struct.pack(">h", len(encoded)) + encoded


def frame(key, version, body):
    content = struct.pack(">hhi", key, version, 7) + text("compare") + body
    return struct.pack(">i", len(content)) + content


def receive(connection):
    """The body of the next response, without its correlation id."""
    size = struct.unpack(">i", exactly(connection, 4))[0]
    return exactly(connection, size)[4:]


def exactly(connection, size):
    parts = []
    while size > 0:
        part = connection.recv(size)
        if not part:
            raise ConnectionError("the broker closed the connection")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def api_versions():
    return frame(18, 0, b"")


def create_topic(name, partitions):
    return frame(19, 2, struct.pack(">i", 1) + text(name) + struct.pack(">ih", partitions, 1)
                 + struct.pack(">ii", 0, 0) + struct.pack(">i", 60_000) + b"\0")


def delete_topic(name):
    return frame(20, 1, struct.pack(">i", 1) + text(name) + struct.pack(">i", 60_000))


def created(response):
    """The error code of the only topic in a response to create_topic."""
    at = 8
    at += 2 + struct.unpack_from(">h", response, at)[0]
    return struct.unpack_from(">h", response, at)[0]


def waiting_fetch(topic, offset, wait_ms):
    return frame(1, 4, struct.pack(">iiiib", -1, wait_ms, 1, 1 << 20, 0) + struct.pack(">i", 1) + text(topic)
                 + struct.pack(">iiqi", 1, 0, offset, 1 << 20))


def produce(topic, partition, batch):
    return frame(0, 3, struct.pack(">hhii", -1, 1, 30_000, 1) + text(topic)
                 + struct.pack(">iii", 1, partition, len(batch)) + batch)


def produced(response):
    """The error code of the only partition in a response to produce."""
    at = 4
    at += 2 + struct.unpack_from(">h", response, at)[0]
    return struct.unpack_from(">h", response, at + 8)[0]


def batch(value):
    """A batch of one record without a key."""
    now = int(time.time() * 1000)
    body = bytes([0, 0, 0, 1]) + zigzag(len(value)) + value + b"\0"
    record = zigzag(len(body)) + body
    checked = struct.pack(">hiqqqhii", 0, 0, now, now, -1, -1, -1, 1) + record
    return struct.pack(">qiibI", 0, 4 + 1 + 4 + len(checked), 0, 2, crc32c(checked)) + checked


def zigzag(number):
    number <<= 1
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF
