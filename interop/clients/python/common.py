"""The common code of the Python clients: the command line, and the format of records in files."""

import base64
import json
import os
import sys


def decode(text):
    return None if text is None else base64.b64decode(text)


def encode(data):
    return None if data is None else base64.b64encode(bytes(data)).decode()


def read_records(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            record["key"] = decode(record["key"])
            record["value"] = decode(record["value"])
            record["headers"] = [(name, decode(value)) for name, value in record["headers"]]
            yield record


def write_records(folder, topic, records):
    """Writes tuples of partition, offset, timestamp, key, value and headers; the file appears atomically."""
    path = os.path.join(folder, topic)
    with open(path + ".part", "w", encoding="utf-8") as file:
        for partition, offset, timestamp, key, value, headers in records:
            line = {
                "partition": partition,
                "offset": offset,
                "timestamp": timestamp,
                "key": encode(key),
                "value": encode(value),
                "headers": [[name, encode(data)] for name, data in headers or []],
            }
            file.write(json.dumps(line) + "\n")
    os.rename(path + ".part", path)


def main(produce, consume):
    """Calls produce(bootstrap, records, topic, compression) or consume(bootstrap, count, topic) for each topic."""
    verb, bootstrap = sys.argv[1:3]
    if verb == "produce":
        for pair in sys.argv[4:]:
            topic, compression = pair.split("=")
            produce(bootstrap, list(read_records(sys.argv[3])), topic, compression)
    else:
        for topic in sys.argv[5:]:
            write_records(sys.argv[4], topic, consume(bootstrap, int(sys.argv[3]), topic))
