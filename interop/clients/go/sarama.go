package main

import (
	"time"

	"github.com/IBM/sarama"
)

type saramaClient struct {
	bootstrap string
}

var saramaCodecs = map[string]sarama.CompressionCodec{
	"none":   sarama.CompressionNone,
	"gzip":   sarama.CompressionGZIP,
	"snappy": sarama.CompressionSnappy,
	"lz4":    sarama.CompressionLZ4,
	"zstd":   sarama.CompressionZSTD,
}

func (s *saramaClient) produce(topic, compression string, records []record) error {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Compression = saramaCodecs[compression]
	config.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer([]string{s.bootstrap}, config)
	if err != nil {
		return err
	}
	defer producer.Close()
	var messages []*sarama.ProducerMessage
	for _, r := range records {
		message := &sarama.ProducerMessage{
			Topic:     topic,
			Partition: r.Partition,
			Timestamp: time.UnixMilli(r.Timestamp),
		}
		// An Encoder that is nil stands for null.
		if r.Key != nil {
			message.Key = sarama.ByteEncoder(r.Key)
		}
		if r.Value != nil {
			message.Value = sarama.ByteEncoder(r.Value)
		}
		for _, h := range r.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(h.name), Value: h.value})
		}
		messages = append(messages, message)
	}
	return producer.SendMessages(messages)
}

func (s *saramaClient) consume(topic string, count int) ([]record, error) {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	consumer, err := sarama.NewConsumer([]string{s.bootstrap}, config)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	partitions, err := consumer.Partitions(topic)
	if err != nil {
		return nil, err
	}
	got := make(chan *sarama.ConsumerMessage)
	stop := make(chan struct{})
	defer close(stop)
	for _, partition := range partitions {
		pc, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
		if err != nil {
			return nil, err
		}
		defer pc.AsyncClose()
		go func() {
			for message := range pc.Messages() {
				select {
				case got <- message:
				case <-stop:
					return
				}
			}
		}()
	}
	deadline := time.After(patience)
	var records []record
	for len(records) < count {
		select {
		case message := <-got:
			r := record{
				Partition: message.Partition,
				Offset:    message.Offset,
				Timestamp: message.Timestamp.UnixMilli(),
				Key:       message.Key,
				Value:     message.Value,
			}
			for _, h := range message.Headers {
				r.Headers = append(r.Headers, header{string(h.Key), h.Value})
			}
			records = append(records, r)
		case <-deadline:
			return records, nil
		}
	}
	return records, nil
}
