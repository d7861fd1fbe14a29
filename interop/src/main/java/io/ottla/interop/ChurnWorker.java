package io.ottla.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The {@code kafka-clients} library as one of the workers of {@code interop/clients/churn.py}, which describes the
 * protocol.
 *
 * <p>A member is a consumer in a separate thread, which commits by itself, like most programs.
 */
final class ChurnWorker {
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;
    private final String run;
    private final Map<String, Member> members = new HashMap<>();

    private ChurnWorker(final String bootstrap, final String topic, final String run) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.run = run;
    }

    /**
     * Joins and leaves on commands from standard input, until its end.
     *
     * @param args {@code BOOTSTRAP TOPIC RUN}.
     * @throws IOException          if standard input can't be read.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, InterruptedException {
        new ChurnWorker(args[0], args[1], args[2]).obey();
    }

    private void obey() throws IOException, InterruptedException {
        final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            final String[] words = line.split(" ");
            final String name = words[1] + " " + words[2];
            if (words[0].equals("join")) {
                final Member member = new Member(words[1], words[2]);
                members.put(name, member);
                member.thread.start();
            } else {
                members.remove(name).stop.set(true);
            }
        }
        for (final Member member : members.values()) {
            member.stop.set(true);
        }
        for (final Member member : members.values()) {
            member.thread.join();
        }
    }

    private static void say(final String line) {
        synchronized (System.out) {
            System.out.println(line);
        }
    }

    private final class Member implements ConsumerRebalanceListener {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final String kind;
        private final String number;
        private final Thread thread;

        private Member(final String kind, final String number) {
            this.kind = kind;
            this.number = number;
            thread = new Thread(this::consume, kind + "-" + number);
        }

        private Map<String, Object> config() {
            final Map<String, Object> config = new HashMap<>();
            config.put("bootstrap.servers", bootstrap);
            config.put("client.id", kind + "-" + number);
            config.put("group.id", run + "-" + kind);
            config.put("auto.offset.reset", "earliest");
            config.put("auto.commit.interval.ms", 1000);
            final String variant = kind.substring(kind.indexOf(':') + 1);
            final boolean isStatic = variant.endsWith("-static");
            if (isStatic) {
                config.put("group.instance.id", "instance-" + number);
            }
            switch (isStatic ? variant.substring(0, variant.length() - "-static".length()) : variant) {
                case "range" -> config.put("partition.assignment.strategy", RangeAssignor.class.getName());
                case "roundrobin" -> config.put("partition.assignment.strategy", RoundRobinAssignor.class.getName());
                case "sticky" -> config.put("partition.assignment.strategy", StickyAssignor.class.getName());
                case "cooperative-sticky" ->
                    config.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
                case "consumer" -> config.put("group.remote.assignor", "uniform");
                case "consumer-range" -> config.put("group.remote.assignor", "range");
                default -> throw new IllegalArgumentException(kind);
            }
            if (config.containsKey("group.remote.assignor")) {
                config.put("group.protocol", "consumer");
            } else {
                config.put("session.timeout.ms", 10_000);
                config.put("heartbeat.interval.ms", 1000);
            }
            return config;
        }

        private void consume() {
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(config(), new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic), this);
                while (!stop.get()) {
                    process(consumer.poll(POLL));
                }
            } catch (final RuntimeException e) {
                say("error " + kind + " " + number + " " + String.valueOf(e).replace('\n', ' '));
            }
            say("left " + kind + " " + number);
        }

        private void process(final ConsumerRecords<String, String> records) {
            for (final TopicPartition partition : records.partitions()) {
                final StringBuilder line = new StringBuilder("records ")
                        .append(kind)
                        .append(' ')
                        .append(number)
                        .append(' ')
                        .append(partition.partition());
                for (final ConsumerRecord<String, String> record : records.records(partition)) {
                    line.append(' ').append(record.offset()).append('=').append(record.value());
                }
                say(line.toString());
            }
        }

        @Override
        public void onPartitionsAssigned(final Collection<TopicPartition> partitions) {
            note("assigned", partitions);
        }

        @Override
        public void onPartitionsRevoked(final Collection<TopicPartition> partitions) {
            note("revoked", partitions);
        }

        @Override
        public void onPartitionsLost(final Collection<TopicPartition> partitions) {
            note("lost", partitions);
        }

        private void note(final String what, final Collection<TopicPartition> partitions) {
            final StringBuilder line = new StringBuilder(what + " " + kind + " " + number);
            for (final TopicPartition partition : partitions) {
                line.append(' ').append(partition.partition());
            }
            say(line.toString());
        }
    }
}
