"""kcat, called as a person would. It only reads here: for a record's time it has no option."""

import base64
import json
import os
import subprocess
import sys

END = b"\x01end\x02\x01\n"


def read(bootstrap, count, topic):
    """Returns a JSON object for each record; its headers are one text, as kcat knows no other form that keeps bytes."""
    output = subprocess.run(
        ["kcat", "-C", "-q", "-b", bootstrap, "-t", topic, "-o", "beginning", "-e", "-c", str(count)]
        + ["-f", "%p %o %T %K %S\\n%k%s%h" + END.decode("latin-1").replace("\n", "\\n")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    ).stdout
    position = 0
    while position < len(output):
        line = output.index(b"\n", position)
        partition, offset, timestamp, key_length, value_length = map(int, output[position:line].split())
        key = line + 1
        value = key + max(0, key_length)
        headers = value + max(0, value_length)
        end = output.index(END, headers)
        yield {
            "partition": partition,
            "offset": offset,
            "timestamp": timestamp,
            "key": encode(output[key:value]) if key_length >= 0 else None,
            "value": encode(output[value:headers]) if value_length >= 0 else None,
            "headers_text": encode(output[headers:end]),
        }
        position = end + len(END)


def encode(data):
    return base64.b64encode(data).decode()


def main():
    verb, bootstrap, count, folder, *topics = sys.argv[1:]
    if verb != "consume":
        sys.exit("kcat cannot produce these records")
    for topic in topics:
        with open(os.path.join(folder, topic), "w", encoding="utf-8") as file:
            for record in read(bootstrap, int(count), topic):
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
