package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type franz struct {
	bootstrap string
}

var franzCodecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func (f *franz) produce(topic, compression string, records []record) error {
	cl, err := kgo.NewClient(
		kgo.SeedBrokers(f.bootstrap),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(franzCodecs[compression]),
		kgo.ProducerLinger(20*time.Millisecond),
	)
	if err != nil {
		return err
	}
	defer cl.Close()
	var sent []*kgo.Record
	for _, r := range records {
		record := &kgo.Record{
			Topic:     topic,
			Partition: r.Partition,
			Timestamp: time.UnixMilli(r.Timestamp),
			Key:       r.Key,
			Value:     r.Value,
		}
		for _, h := range r.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: h.name, Value: h.value})
		}
		sent = append(sent, record)
	}
	return cl.ProduceSync(context.Background(), sent...).FirstErr()
}

func (f *franz) consume(topic string, count int) ([]record, error) {
	cl, err := kgo.NewClient(
		kgo.SeedBrokers(f.bootstrap),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var records []record
	for len(records) < count && ctx.Err() == nil {
		fetches := cl.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			if ctx.Err() == nil {
				return nil, e.Err
			}
		}
		fetches.EachRecord(func(got *kgo.Record) {
			r := record{
				Partition: got.Partition,
				Offset:    got.Offset,
				Timestamp: got.Timestamp.UnixMilli(),
				Key:       got.Key,
				Value:     got.Value,
			}
			for _, h := range got.Headers {
				r.Headers = append(r.Headers, header{h.Key, h.Value})
			}
			records = append(records, r)
		})
	}
	return records, nil
}
