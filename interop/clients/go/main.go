// Command interop is franz-go and sarama as two of the clients of matrix.py, which tells the protocol:
//
//	interop franz-go|sarama produce BOOTSTRAP RECORDS TOPIC=COMPRESSION...
//	interop franz-go|sarama consume BOOTSTRAP COUNT FOLDER TOPIC...
//
// and as workers of churn.py:
//
//	interop franz-go|sarama churn BOOTSTRAP TOPIC RUN
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const patience = 60 * time.Second

// record is a line of a file. A nil slice is null, as encoding/json has it.
type record struct {
	Partition int32    `json:"partition"`
	Offset    int64    `json:"offset"`
	Timestamp int64    `json:"timestamp"`
	Key       []byte   `json:"key"`
	Value     []byte   `json:"value"`
	Headers   []header `json:"headers"`
}

type header struct {
	name  string
	value []byte
}

func (h header) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{h.name, h.value})
}

func (h *header) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&h.name, &h.value})
}

type client interface {
	produce(topic, compression string, records []record) error
	consume(topic string, count int) ([]record, error)
}

func readRecords(path string) ([]record, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []record
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, lines.Err()
}

func writeRecords(path string, records []record) error {
	var text strings.Builder
	for _, r := range records {
		if r.Headers == nil {
			r.Headers = []header{}
		}
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		text.Write(line)
		text.WriteByte('\n')
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("usage: interop franz-go|sarama produce|consume|churn BOOTSTRAP ...")
	}
	var c client
	consumers := churnFranz
	switch args[0] {
	case "franz-go":
		c = &franz{bootstrap: args[2]}
	case "sarama":
		c = &saramaClient{bootstrap: args[2]}
		consumers = churnSarama
	default:
		return fmt.Errorf("no client %q", args[0])
	}
	switch args[1] {
	case "produce":
		records, err := readRecords(args[3])
		if err != nil {
			return err
		}
		for _, pair := range args[4:] {
			topic, compression, _ := strings.Cut(pair, "=")
			if err := c.produce(topic, compression, records); err != nil {
				return fmt.Errorf("%s: %w", pair, err)
			}
		}
	case "consume":
		count, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		for _, topic := range args[5:] {
			records, err := c.consume(topic, count)
			if err != nil {
				return fmt.Errorf("%s: %w", topic, err)
			}
			if err := writeRecords(filepath.Join(args[4], topic), records); err != nil {
				return err
			}
		}
	case "churn":
		churn(args[2], args[3], args[4], consumers)
	default:
		return fmt.Errorf("no verb %q", args[1])
	}
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
