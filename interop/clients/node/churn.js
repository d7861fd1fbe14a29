// kafkajs as a worker of churn.py, which tells the protocol.
'use strict'

const readline = require('readline')
const { Kafka, PartitionAssigners, logLevel } = require('kafkajs')

const [bootstrap, topic, run] = process.argv.slice(2)
const kafka = new Kafka({
  brokers: [bootstrap],
  clientId: 'ottla-churn',
  logLevel: logLevel.ERROR,
  // As long as a restart of the broker takes; the default gives up after a few seconds.
  retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1000 },
})

const say = (...words) => process.stdout.write(words.join(' ') + '\n')

class Member {
  constructor(kind, number) {
    this.kind = kind
    this.number = number
    this.consumer = kafka.consumer({
      groupId: `${run}-${kind}`,
      partitionAssigners: [PartitionAssigners.roundRobin],
      sessionTimeout: 10000,
      heartbeatInterval: 1000,
      maxWaitTimeInMs: 200,
    })
    const { GROUP_JOIN, CRASH } = this.consumer.events
    this.consumer.on(GROUP_JOIN, (event) => {
      say('assigned', kind, number, ...(event.payload.memberAssignment[topic] || []))
    })
    this.consumer.on(CRASH, (event) => {
      say('error', kind, number, String(event.payload.error).replace(/\n/g, ' '))
    })
    this.started = this.start().catch((error) => say('error', kind, number, String(error).replace(/\n/g, ' ')))
  }

  async start() {
    await this.consumer.connect()
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true })
    await this.consumer.run({
      autoCommitInterval: 1000,
      eachBatch: async ({ batch, resolveOffset, heartbeat, isStale }) => {
        if (isStale()) {
          return
        }
        const pairs = batch.messages.map((message) => `${message.offset}=${message.value}`)
        say('records', this.kind, this.number, batch.partition, ...pairs)
        resolveOffset(batch.lastOffset())
        await heartbeat()
      },
    })
  }

  async leave() {
    await this.started
    await this.consumer.disconnect()
    say('left', this.kind, this.number)
  }
}

const members = new Map()
const leaving = []

const lines = readline.createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const [verb, kind, number] = line.split(' ')
  const name = `${kind} ${number}`
  if (verb === 'join') {
    members.set(name, new Member(kind, number))
  } else {
    leaving.push(members.get(name).leave())
    members.delete(name)
  }
})
lines.on('close', async () => {
  for (const member of members.values()) {
    leaving.push(member.leave())
  }
  await Promise.allSettled(leaving)
  process.exit(0)
})
