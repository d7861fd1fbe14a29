package io.ottla.interop;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about the configuration of topics and of the broker. */
final class ConfigCases {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;

    private static final Script CONFIGURED = peer -> {
        peer.createTopic(
                "configured", 1, "retention.ms", "123456", "cleanup.policy", "compact,delete", "preallocate", "true");
        peer.createTopic("plain", 1);
    };

    private ConfigCases() {}

    static void addTo(final CaseBook book) {
        book.each(ApiKeys.DESCRIBE_CONFIGS, "topics", (peer, version) -> {
            final String configured = peer.fixture("configs", CONFIGURED, "configured");
            final String plain = peer.fixture("configs", CONFIGURED, "plain");
            for (final boolean synonyms : new boolean[] {false, true}) {
                describe(peer, version, "all-" + synonyms, synonyms, resource(TOPIC, plain, null));
                describe(peer, version, "all-configured-" + synonyms, synonyms, resource(TOPIC, configured, null));
            }
            describe(
                    peer,
                    version,
                    "some",
                    true,
                    resource(
                            TOPIC,
                            configured,
                            List.of("retention.ms", "no.such.key", "segment.bytes", "segment.bytes")));
            describe(peer, version, "no-keys", true, resource(TOPIC, configured, List.of()));
            describe(
                    peer,
                    version,
                    "odd-names",
                    true,
                    resource(TOPIC, peer.topic("none"), null),
                    resource(TOPIC, "a b", null),
                    resource(TOPIC, "", null),
                    resource(TOPIC, plain, List.of("retention.ms")));
            describe(
                    peer,
                    version,
                    "twice",
                    false,
                    resource(TOPIC, plain, List.of("retention.ms")),
                    resource(TOPIC, plain, List.of("segment.ms")));
            describe(peer, version, "none", false);
        });
        book.each(ApiKeys.DESCRIBE_CONFIGS, "documentation", 3, 99, (peer, version) -> {
            final String plain = peer.fixture("configs", CONFIGURED, "plain");
            final DescribeConfigsRequestData request = new DescribeConfigsRequestData().setIncludeDocumentation(true);
            request.resources().add(resource(TOPIC, plain, List.of("retention.ms", "cleanup.policy")));
            peer.ask("asked", ApiKeys.DESCRIBE_CONFIGS, version, request);
        });
        book.each(ApiKeys.DESCRIBE_CONFIGS, "broker", (peer, version) -> {
            for (final boolean synonyms : new boolean[] {false, true}) {
                describe(peer, version, "all-" + synonyms, synonyms, resource(BROKER, "1", null));
            }
            describe(
                    peer,
                    version,
                    "some",
                    true,
                    resource(BROKER, "1", List.of("log.retention.ms", "num.partitions", "no.such.key", "node.id")));
            describe(peer, version, "cluster-wide", true, resource(BROKER, "", null));
            for (final String name : new String[] {"2", "-1", "x", "01", " 1"}) {
                describe(peer, version, "name-" + name, true, resource(BROKER, name, List.of("node.id")));
            }
        });
        book.each(ApiKeys.DESCRIBE_CONFIGS, "other-types", (peer, version) -> {
            for (final int type : new int[] {0, 1, 3, 5, 99, -1}) {
                describe(peer, version, "type" + type, true, resource((byte) type, "x", null));
            }
        });
    }

    private static DescribeConfigsResource resource(final byte type, final String name, final List<String> keys) {
        return new DescribeConfigsResource()
                .setResourceType(type)
                .setResourceName(name)
                .setConfigurationKeys(keys);
    }

    private static void describe(
            final Peer peer,
            final short version,
            final String label,
            final boolean synonyms,
            final DescribeConfigsResource... resources)
            throws IOException {
        peer.ask(
                label,
                ApiKeys.DESCRIBE_CONFIGS,
                version,
                new DescribeConfigsRequestData().setIncludeSynonyms(synonyms).setResources(List.of(resources)));
    }
}
