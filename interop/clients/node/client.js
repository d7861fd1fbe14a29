// kafkajs as one of the clients of matrix.py, which tells the protocol. It reads only through a group.
'use strict'

const fs = require('fs')
const path = require('path')
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs')
const SnappyCodec = require('kafkajs-snappy')
const lz4 = require('lz4-napi')
const { ZstdCodec } = require('zstd-codec')

const PATIENCE_MS = 60000

const types = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => lz4.compressFrame(encoder.buffer),
  decompress: async (buffer) => lz4.decompressFrame(buffer),
})

const zstd = new Promise((resolve) => ZstdCodec.run((module) => resolve(new module.Streaming())))
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder) => Buffer.from((await zstd).compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from((await zstd).decompress(buffer)),
})

const decode = (text) => (text === null ? null : Buffer.from(text, 'base64'))
const encode = (data) => (data === null || data === undefined ? null : data.toString('base64'))

function message(line) {
  const record = JSON.parse(line)
  const headers = {}
  for (const [name, value] of record.headers) {
    headers[name] = name in headers ? [].concat(headers[name], [decode(value)]) : decode(value)
  }
  return {
    partition: record.partition,
    timestamp: String(record.timestamp),
    key: decode(record.key),
    value: decode(record.value),
    headers,
  }
}

async function produce(kafka, file, pairs) {
  const messages = fs.readFileSync(file, 'utf8').trim().split('\n').map(message)
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  for (const pair of pairs) {
    const [topic, compression] = pair.split('=')
    for (let from = 0; from < messages.length; from += 60) {
      await producer.send({ topic, messages: messages.slice(from, from + 60), compression: types[compression] })
    }
  }
  await producer.disconnect()
}

async function consume(kafka, count, folder, topics) {
  const consumer = kafka.consumer({ groupId: `kafkajs-${Date.now()}-${process.pid}`, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  const read = new Map(topics.map((topic) => [topic, []]))
  let left = topics.length * count
  await new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PATIENCE_MS)
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error))
    consumer
      .run({
        eachMessage: async ({ topic, partition, message: got }) => {
          const headers = []
          for (const [name, value] of Object.entries(got.headers)) {
            for (const one of [].concat(value)) {
              headers.push([name, encode(one)])
            }
          }
          read.get(topic).push(
            JSON.stringify({
              partition,
              offset: Number(got.offset),
              timestamp: Number(got.timestamp),
              key: encode(got.key),
              value: encode(got.value),
              headers,
            })
          )
          if (--left === 0) {
            clearTimeout(timer)
            resolve()
          }
        },
      })
      .catch(reject)
  })
  for (const [topic, lines] of read) {
    fs.writeFileSync(path.join(folder, topic), lines.map((line) => line + '\n').join(''))
  }
  await consumer.disconnect()
}

async function main() {
  const [verb, bootstrap, third, ...rest] = process.argv.slice(2)
  const kafka = new Kafka({ clientId: 'ottla-interop', brokers: [bootstrap], logLevel: logLevel.ERROR })
  if (verb === 'produce') {
    await produce(kafka, third, rest)
  } else {
    await consume(kafka, Number(third), rest[0], rest.slice(1))
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  }
)
