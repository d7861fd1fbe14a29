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

/** Cases about changing and describing settings of groups. */
final class GroupConfigCases {
    private static final byte GROUP = 32;
    private static final String SESSION = "consumer.session.timeout.ms";
    private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";
    private static final String ASSIGNMENT = "consumer.assignment.interval.ms";

    private GroupConfigCases() {}

    static void addTo(final CaseBook book) {
        book.each(ApiKeys.INCREMENTAL_ALTER_CONFIGS, "groups", (peer, version) -> {
            final String group = peer.topic("group");
            set(peer, version, "session", group, SESSION, "50000");
            describe(peer, "after-session", group);
            set(peer, version, "heartbeat", group, HEARTBEAT, "6000");
            set(peer, version, "assignment", group, ASSIGNMENT, "200");
            describe(peer, "after-all", group);
            for (final String value :
                    new String[] {"44999", "60001", "45000", "60000", "0", "-1", "x", "", null, "99999999999"}) {
                set(peer, version, "session-" + value, group, SESSION, value);
            }
            for (final String value : new String[] {"4999", "15001", "15000", "5000"}) {
                set(peer, version, "heartbeat-" + value, group, HEARTBEAT, value);
            }
            for (final String value : new String[] {"-1", "0", "15001", "15000"}) {
                set(peer, version, "assignment-" + value, group, ASSIGNMENT, value);
            }
            set(peer, version, "unknown-key", group, "no.such.key", "1");
            set(peer, version, "no-name", "", SESSION, "50000");
            set(peer, version, "odd-name", peer.topic("a b/ü"), SESSION, "50000");
            change(peer, version, "append", group, SESSION, 2, "1");
            change(peer, version, "subtract", group, SESSION, 3, "1");
            change(peer, version, "operation", group, SESSION, 7, "1");
            change(peer, version, "delete", group, HEARTBEAT, 1, null);
            change(peer, version, "delete-again", group, HEARTBEAT, 1, null);
            change(peer, version, "delete-unknown", group, "no.such.key", 1, null);
            describe(peer, "at-last", group);
        });
        book.each(ApiKeys.DESCRIBE_CONFIGS, "groups", (peer, version) -> {
            describeAll(peer, version, "unknown", peer.topic("unknown"));
            final String group = peer.topic("group");
            set(peer, (short) 1, "streams", group, "streams.num.warmup.replicas", "3");
            set(peer, (short) 1, "assignor", group, "streams.assignor.name", "sticky");
            set(peer, (short) 1, "tags", group, "streams.rack.aware.assignment.tags", "a,b");
            set(peer, (short) 1, "lag", group, "streams.acceptable.recovery.lag", "-1");
            set(peer, (short) 1, "offload", group, "consumer.assignor.offload.enable", "x");
            BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
            describeAll(peer, version, "altered", group);
        });
        book.each(ApiKeys.ALTER_CONFIGS, "groups", (peer, version) -> {
            final String group = peer.topic("group");
            for (final String key : List.of(SESSION, HEARTBEAT, "no.such.key")) {
                final AlterConfigsRequestData request = new AlterConfigsRequestData();
                final AlterConfigsResource resource =
                        new AlterConfigsResource().setResourceType(GROUP).setResourceName(group);
                resource.configs().add(new AlterableConfig().setName(key).setValue("50000"));
                request.resources().add(resource);
                peer.ask("only-" + key, ApiKeys.ALTER_CONFIGS, version, request);
                describe(peer, "after-" + key, group);
            }
        });
        book.each(ApiKeys.CONSUMER_GROUP_HEARTBEAT, "group-settings", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            ConsumerGroupCases.member(peer, group, "me", topic);
            set(peer, (short) 1, "set", group, HEARTBEAT, "7000");
            BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
            peer.ask("alive", ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, ConsumerGroupCases.heartbeat(group, "me", 2));
        });
    }

    private static void describeAll(final Peer peer, final short version, final String label, final String group)
            throws IOException {
        final DescribeConfigsRequestData request = new DescribeConfigsRequestData().setIncludeSynonyms(true);
        request.resources()
                .add(new DescribeConfigsResource()
                        .setResourceType(GROUP)
                        .setResourceName(group)
                        .setConfigurationKeys(null));
        peer.ask(label, ApiKeys.DESCRIBE_CONFIGS, version, request);
    }

    private static void set(
            final Peer peer,
            final short version,
            final String label,
            final String group,
            final String key,
            final String value)
            throws IOException {
        change(peer, version, label, group, key, 0, value);
    }

    private static void change(
            final Peer peer,
            final short version,
            final String label,
            final String group,
            final String key,
            final int operation,
            final String value)
            throws IOException {
        final IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(GROUP)
                        .setResourceName(group);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) operation)
                        .setValue(value));
        final IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        peer.ask(label, ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request);
    }

    private static void describe(final Peer peer, final String label, final String group) throws IOException {
        // Kafka's broker hears of a change a moment after its controller has answered.
        BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
        peer.ask(
                label,
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setIncludeSynonyms(true)
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(GROUP)
                                .setResourceName(group)
                                .setConfigurationKeys(List.of(SESSION, HEARTBEAT, ASSIGNMENT, "no.such.key")))));
    }
}
