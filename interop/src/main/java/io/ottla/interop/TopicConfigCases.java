package io.ottla.interop;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Settings of topics are changed and described. */
final class TopicConfigCases {
    private static final byte TOPIC = 2;
    private static final int SET = 0;
    private static final int DELETE = 1;
    private static final int APPEND = 2;
    private static final int SUBTRACT = 3;

    private TopicConfigCases() {}

    static void addTo(final CaseBook book) {
        incremental(book);
        book.each(ApiKeys.ALTER_CONFIGS, "topics", (peer, version) -> {
            final String topic = topic(peer);
            replace(peer, version, "replace", topic, "flush.ms", "7");
            describe(peer, "after-replace", topic);
            replace(peer, version, "bad-value", topic, "segment.bytes", "1");
            replace(peer, version, "unknown-key", topic, "no.such.key", "1");
            replace(peer, version, "nothing", topic);
            describe(peer, "after-nothing", topic);
            replace(peer, version, "unknown-topic", peer.topic("none"), "flush.ms", "7");
            replace(peer, version, "no-name", "", "flush.ms", "7");
        });
    }

    private static void incremental(final CaseBook book) {
        final ApiKeys api = ApiKeys.INCREMENTAL_ALTER_CONFIGS;
        book.each(api, "topics", (peer, version) -> {
            final String topic = topic(peer);
            change(peer, version, "set", topic, "max.message.bytes", SET, " 2000 ");
            change(peer, version, "delete", topic, "retention.ms", DELETE, "ignored");
            describe(peer, "after-delete", topic);
            change(peer, version, "append", topic, "cleanup.policy", APPEND, "compact");
            change(peer, version, "append-again", topic, "cleanup.policy", APPEND, "compact, delete");
            describe(peer, "after-append", topic);
            change(peer, version, "subtract", topic, "cleanup.policy", SUBTRACT, "delete");
            change(peer, version, "subtract-again", topic, "cleanup.policy", SUBTRACT, "delete");
            describe(peer, "after-subtract", topic);
            change(peer, version, "own-value-of-4.4", topic, "remote.copy.lag.ms", SET, "5");
            change(peer, version, "dead-letters", topic, "errors.deadletterqueue.group.enable", SET, "true");
            change(peer, version, "decompressed", topic, "max.decompressed.message.bytes", SET, "5000");
            describe(peer, "at-last", topic);
        });
        book.each(api, "topic-refusals", (peer, version) -> {
            final String topic = topic(peer);
            change(peer, version, "append-to-number", topic, "segment.bytes", APPEND, "1");
            change(peer, version, "subtract-from-number", topic, "segment.bytes", SUBTRACT, "1");
            change(peer, version, "append-to-unknown", topic, "foo", APPEND, "1");
            change(peer, version, "append-bad", topic, "cleanup.policy", APPEND, "bad");
            change(peer, version, "set-null", topic, "segment.bytes", SET, null);
            change(peer, version, "append-null", topic, "cleanup.policy", APPEND, null);
            change(peer, version, "too-small", topic, "segment.bytes", SET, "1");
            change(peer, version, "unknown-key", topic, "foo", SET, "1");
            change(peer, version, "delete-unknown", topic, "foo", DELETE, null);
            change(peer, version, "tiers", topic, "remote.storage.enable", SET, "true");
            change(peer, version, "lag-too-small", topic, "remote.copy.lag.bytes", SET, "-2");
            change(peer, version, "decompressed-too-small", topic, "max.decompressed.message.bytes", SET, "0");
            change(peer, version, "decompressed-too-large", topic, "max.decompressed.message.bytes", SET, "2147483640");
            change(peer, version, "unknown-topic", peer.topic("none"), "flush.ms", SET, "7");
            change(peer, version, "no-name", "", "flush.ms", SET, "7");
            describe(peer, "unchanged", topic);
        });
    }

    private static String topic(final Peer peer) throws IOException {
        return peer.createTopic("a", 1, "retention.ms", "12345");
    }

    private static void change(
            final Peer peer,
            final short version,
            final String label,
            final String topic,
            final String key,
            final int operation,
            final String value)
            throws IOException {
        final IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName(topic);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) operation)
                        .setValue(value));
        final IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        peer.ask(label, ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request);
    }

    private static void replace(
            final Peer peer, final short version, final String label, final String topic, final String... config)
            throws IOException {
        final AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(TOPIC).setResourceName(topic);
        for (int i = 0; i < config.length; i += 2) {
            resource.configs().add(new AlterableConfig().setName(config[i]).setValue(config[i + 1]));
        }
        final AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        peer.ask(label, ApiKeys.ALTER_CONFIGS, version, request);
    }

    private static void describe(final Peer peer, final String label, final String topic) throws IOException {
        // Kafka's broker hears of a change a moment after its controller has answered.
        BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
        peer.ask(
                label,
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setIncludeSynonyms(true)
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(TOPIC)
                                .setResourceName(topic)
                                .setConfigurationKeys(null))));
    }
}
