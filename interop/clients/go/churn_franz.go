package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var franzBalancers = map[string]kgo.GroupBalancer{
	"range":              kgo.RangeBalancer(),
	"roundrobin":         kgo.RoundRobinBalancer(),
	"sticky":             kgo.StickyBalancer(),
	"cooperative-sticky": kgo.CooperativeStickyBalancer(),
	"consumer":           kgo.StickyBalancer(),
	"consumer-range":     kgo.RangeBalancer(),
}

func churnFranz(ctx context.Context, m *member) error {
	noted := func(what string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, cl *kgo.Client, partitions map[string][]int32) {
			m.note(what, partitions[m.topic])
		}
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(m.bootstrap),
		kgo.ClientID(m.kind + "-" + m.number),
		kgo.ConsumerGroup(m.group),
		kgo.ConsumeTopics(m.topic),
		kgo.Balancers(franzBalancers[m.variant]),
		kgo.SessionTimeout(10 * time.Second),
		kgo.HeartbeatInterval(time.Second),
		kgo.AutoCommitInterval(time.Second),
		// No rebalance between a poll and the end of its processing.
		kgo.BlockRebalanceOnPoll(),
		kgo.AutoCommitMarks(),
		kgo.OnPartitionsAssigned(noted("assigned")),
		kgo.OnPartitionsLost(noted("lost")),
		kgo.OnPartitionsRevoked(func(ctx context.Context, cl *kgo.Client, partitions map[string][]int32) {
			if err := cl.CommitMarkedOffsets(ctx); err != nil {
				m.note("uncommitted", partitions[m.topic])
			}
			m.note("revoked", partitions[m.topic])
		}),
	}
	if m.variant == "consumer" || m.variant == "consumer-range" {
		options = append(options, kgo.ServerSideBalancer())
	}
	cl, err := kgo.NewClient(options...)
	if err != nil {
		return err
	}
	defer cl.CloseAllowingRebalance()
	for ctx.Err() == nil {
		fetches := cl.PollFetches(ctx)
		fetches.EachRecord(func(r *kgo.Record) {
			m.processed(r.Partition, r.Offset, r.Value)
		})
		cl.MarkCommitRecords(fetches.Records()...)
		cl.AllowRebalance()
	}
	return nil
}
