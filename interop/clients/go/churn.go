package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
)

// member is one of a group's consumers in a worker of churn.py, which tells the protocol.
type member struct {
	bootstrap, topic, group string
	kind, variant, number   string
}

var output sync.Mutex

func (m *member) say(what string, rest ...string) {
	line := strings.Join(append([]string{what, m.kind, m.number}, rest...), " ")
	output.Lock()
	defer output.Unlock()
	fmt.Println(line)
}

// processed says that a record was processed.
func (m *member) processed(partition int32, offset int64, value []byte) {
	m.say("records", fmt.Sprintf("%d %d=%s", partition, offset, value))
}

func (m *member) note(what string, partitions []int32) {
	words := make([]string, len(partitions))
	for i, partition := range partitions {
		words[i] = fmt.Sprint(partition)
	}
	m.say(what, words...)
}

func (m *member) failed(err error) {
	m.say("error", strings.ReplaceAll(err.Error(), "\n", " "))
}

type running struct {
	stop context.CancelFunc
	done chan struct{}
}

// churn obeys standard input until it ends. The function consume returns when its context ends, with all committed and the
// group left.
func churn(bootstrap, topic, run string, consume func(context.Context, *member) error) {
	members := map[string]running{}
	var ending []running
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		kind, number := words[1], words[2]
		name := kind + " " + number
		if words[0] == "join" {
			_, variant, _ := strings.Cut(kind, ":")
			m := &member{bootstrap, topic, run + "-" + kind, kind, variant, number}
			ctx, stop := context.WithCancel(context.Background())
			r := running{stop, make(chan struct{})}
			members[name] = r
			go func() {
				defer close(r.done)
				if err := consume(ctx, m); err != nil {
					m.failed(err)
				}
				m.say("left")
			}()
		} else {
			members[name].stop()
			ending = append(ending, members[name])
			delete(members, name)
		}
	}
	for _, r := range members {
		r.stop()
		ending = append(ending, r)
	}
	for _, r := range ending {
		<-r.done
	}
}
