package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.partition.Partition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that idle agents have no threads, and yet serve clients and timers. Everything that a test waits for happens
 * eventually.
 */
@Timeout(300)
class IdleThreadsTest {
    private static final String NETWORK = "ottla-network-0";

    @TempDir
    private Path folder;

    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.builder()
                .lingerMs(5)
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.toString())
                .set("num.network.threads", "1")
                .set("offsets.topic.num.partitions", "1")
                .set("group.initial.rebalance.delay.ms", "0")
                .set("group.min.session.timeout.ms", "100")
                .build();
        broker.start();
    }

    @AfterEach
    void stop() {
        broker.close();
        assertThat(threads()).isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ottla-"))
                .toList();
    }

    private static void awaitIdle() throws InterruptedException {
        while (!threads().equals(List.of(NETWORK))) {
            Thread.sleep(1);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @Test
    void shouldHaveOneThreadWhenIdleAndServeEvenSo() throws Exception {
        awaitIdle();
        try (Admin admin = admin()) {
            for (int i = 0; i < 5; i++) {
                admin.createTopics(List.of(new NewTopic("topic" + i, 1, (short) 1)))
                        .all()
                        .get();
                awaitIdle();
            }
            assertThat(admin.listTopics().names().get()).hasSize(5);
        }
    }

    @Test
    void shouldEndASessionWhenItsTimeIsOverThoughTheCoordinatorHasNoThread() throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("topic", 1, (short) 1)))
                    .all()
                    .get();
            final KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers", broker.bootstrapServers(),
                            "group.id", "group",
                            "session.timeout.ms", "2000",
                            "heartbeat.interval.ms", "100",
                            "enable.auto.commit", "false"),
                    new StringDeserializer(),
                    new StringDeserializer());
            consumer.subscribe(List.of("topic"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(10));
            }
            consumer.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        }
        // One record when the member had joined, another one when its session had expired. No request reaches the
        // coordinator in the meantime.
        final Partition offsets =
                broker.partitions().topic("__consumer_offsets").partition(0);
        while (offsets.log().logEndOffset() < 2) {
            Thread.sleep(1);
        }
        try (Admin admin = admin()) {
            GroupState state;
            do {
                state = admin.describeConsumerGroups(List.of("group"))
                        .describedGroups()
                        .get("group")
                        .get()
                        .groupState();
            } while (state != GroupState.EMPTY);
        }
        awaitIdle();
    }
}
