package main

import (
	"context"
	"errors"
	"time"

	"github.com/IBM/sarama"
)

var saramaBalancers = map[string]sarama.BalanceStrategy{
	"range":      sarama.NewBalanceStrategyRange(),
	"roundrobin": sarama.NewBalanceStrategyRoundRobin(),
	"sticky":     sarama.NewBalanceStrategySticky(),
}

type saramaMember struct {
	*member
}

func (s saramaMember) Setup(session sarama.ConsumerGroupSession) error {
	s.note("assigned", session.Claims()[s.topic])
	return nil
}

func (s saramaMember) Cleanup(session sarama.ConsumerGroupSession) error {
	s.note("revoked", session.Claims()[s.topic])
	return nil
}

func (s saramaMember) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			s.processed(message.Partition, message.Offset, message.Value)
			session.MarkMessage(message, "")
		case <-session.Context().Done():
			return nil
		}
	}
}

func churnSarama(ctx context.Context, m *member) error {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.ClientID = "sarama-" + m.number
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Interval = time.Second
	config.Consumer.Group.Session.Timeout = 10 * time.Second
	config.Consumer.Group.Heartbeat.Interval = time.Second
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{saramaBalancers[m.variant]}
	for ctx.Err() == nil {
		group, err := sarama.NewConsumerGroup([]string{m.bootstrap}, m.group, config)
		if err != nil {
			// The broker is being restarted.
			time.Sleep(200 * time.Millisecond)
			continue
		}
		for ctx.Err() == nil {
			if err := group.Consume(ctx, []string{m.topic}, saramaMember{m}); err != nil {
				if errors.Is(err, sarama.ErrClosedConsumerGroup) {
					break
				}
				time.Sleep(200 * time.Millisecond)
			}
		}
		if err := group.Close(); err != nil {
			return err
		}
	}
	return nil
}
