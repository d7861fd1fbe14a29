package io.ottla.coordinator.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.InternalTopics;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.RecordMessage;
import io.ottla.coordinator.runtime.ReplayProperty;
import io.ottla.coordinator.runtime.TestLogs;
import io.ottla.testkit.ManualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that live metadata equals replayed metadata, and that the notifications of listeners add up to both. */
class MetadataPropertyTest {
    private static final TopicOperations TOPICS = new TopicOperations(1, Integer.MAX_VALUE);
    private static final ConfigOperations CONFIGS = new ConfigOperations(Integer.MAX_VALUE);
    private static final ProducerIdOperations PRODUCER_IDS = new ProducerIdOperations(1);
    private static final List<String> NAMES = List.of("a", "b", "c", "x.y", "x_y", "p.q.r", "p_q.r", "bad!", "");

    /** A listener that builds the metadata from its notifications. */
    private static final class Follower implements MetadataListener {
        private final Map<UUID, TopicImage> topics = new HashMap<>();

        @Override
        public void onTopicCreated(final TopicImage topic) {
            assertThat(topics.put(topic.id(), topic)).isNull();
        }

        @Override
        public void onTopicChanged(final TopicImage before, final TopicImage after) {
            assertThat(topics.put(after.id(), after)).isEqualTo(before);
        }

        @Override
        public void onTopicDeleted(final TopicImage topic) {
            assertThat(topics.remove(topic.id())).isEqualTo(topic);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void shouldReplayWhatIsLive(final long seed) {
        final Follower follower = new Follower();
        final PublishedMetadata published = new PublishedMetadata(follower);
        final List<Long> producerIds = new ArrayList<>();
        final Random ids = new Random(seed);
        final ReplayProperty<MetadataMachine, RecordMessage> property = new ReplayProperty<>(
                seed,
                TestLogs.open(new ManualClock(), InternalTopics.CLUSTER_METADATA),
                timers -> new MetadataMachine(published, ids),
                new MetadataRecordSerde(),
                MetadataPropertyTest::durableState);

        property.run(1500, (random, it) -> step(random, it, producerIds));

        assertThat(property.applied()).isGreaterThan(500);
        assertThat(producerIds)
                .as("producer ids, seed %d", seed)
                .hasSizeGreaterThan(50)
                .doesNotHaveDuplicates();
        assertThat(published.clusterId()).isNotNull();
        assertThat(follower.topics)
                .as("notifications, seed %d", seed)
                .isEqualTo(property.machine().image().topicById);
        assertThat(published.topics()).containsExactlyInAnyOrderElementsOf(follower.topics.values());
    }

    private static void step(
            final Random random,
            final ReplayProperty<MetadataMachine, RecordMessage> property,
            final List<Long> producerIds) {
        final int choice = random.nextInt(12);
        final String name = NAMES.get(random.nextInt(NAMES.size()));
        final int count = random.nextInt(6) - 1;
        if (choice < 3) {
            final List<NewTopic> topics = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                topics.add(new NewTopic(NAMES.get(random.nextInt(NAMES.size())), count, configs(random, false)));
            }
            final boolean validateOnly = random.nextInt(8) == 0;
            property.write((machine, nowMs) -> TOPICS.createTopics(machine, topics, validateOnly));
        } else if (choice < 5) {
            final boolean unknown = random.nextInt(4) == 0;
            property.write((machine, nowMs) -> {
                final TopicImage topic = machine.image().topicByName.get(name);
                final UUID id = topic == null || unknown ? new UUID(random.nextLong(), 9) : topic.id();
                return TOPICS.deleteTopics(machine, List.of(id, id));
            });
        } else if (choice < 7) {
            property.write((machine, nowMs) -> TOPICS.createPartitions(machine, name, count + 3, false));
        } else if (choice < 9) {
            final byte type = random.nextBoolean() ? ConfigResource.TOPIC : ConfigResource.BROKER;
            final Map<String, String> changes = configs(random, true);
            property.write((machine, nowMs) -> CONFIGS.alter(machine, new ConfigResource(type, name), changes));
        } else {
            property.write((machine, nowMs) -> PRODUCER_IDS.next(machine)).thenAccept(producerIds::add);
        }
    }

    private static Map<String, String> configs(final Random random, final boolean nullable) {
        final Map<String, String> configs = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            final boolean remove = nullable && random.nextInt(3) == 0;
            configs.put("k" + random.nextInt(4), remove ? null : "v" + random.nextInt(3));
        }
        return configs;
    }

    private static Object durableState(final MetadataMachine machine) {
        final MetadataImage image = machine.image();
        assertThat(Set.copyOf(image.topicByName.values())).isEqualTo(Set.copyOf(image.topicById.values()));
        return List.of(
                Map.copyOf(image.topicById),
                Map.copyOf(image.configs),
                image.nextProducerId(),
                String.valueOf(image.clusterId),
                NAMES.stream()
                        .map(name -> String.valueOf(image.collision(name)))
                        .toList());
    }
}
