package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about versions, coordinators, and frames that are not requests. */
final class BrokerCases {
    private static final int SILENCE_MS = 30_000;

    private BrokerCases() {}

    static void addTo(final CaseBook book) {
        versions(book);
        coordinators(book);
        frames(book);
    }

    private static void versions(final CaseBook book) {
        book.each(ApiKeys.API_VERSIONS, "plain", (peer, version) -> {
            peer.ask("empty", ApiKeys.API_VERSIONS, version, new ApiVersionsRequestData());
            for (final String name : new String[] {"ottla", "a.b-c", "", " ", "-a", "a b", "ü"}) {
                if (version >= 3) {
                    peer.ask(
                            "name-" + name,
                            ApiKeys.API_VERSIONS,
                            version,
                            new ApiVersionsRequestData()
                                    .setClientSoftwareName(name)
                                    .setClientSoftwareVersion("1.0"));
                    peer.ask(
                            "version-" + name,
                            ApiKeys.API_VERSIONS,
                            version,
                            new ApiVersionsRequestData()
                                    .setClientSoftwareName("a")
                                    .setClientSoftwareVersion(name));
                }
            }
        });
        book.at(ApiKeys.API_VERSIONS, "unknown-version", new int[] {0}, (peer, version) -> {
            for (final int unknown : new int[] {6, 7, 100, Short.MAX_VALUE, -1, Short.MIN_VALUE}) {
                final ByteBuffer frame =
                        Frames.request(ApiKeys.API_VERSIONS, (short) 3, 99, new ApiVersionsRequestData());
                frame.putShort(2, (short) unknown);
                peer.askFrame("version" + unknown, ApiKeys.API_VERSIONS, 0, frame, SILENCE_MS);
            }
            peer.ask("same-connection", ApiKeys.API_VERSIONS, 4, software());
        });
        book.each(ApiKeys.API_VERSIONS, "identity", 5, 99, (peer, version) -> {
            final Map<String, Object> cluster =
                    peer.prepare(ApiKeys.DESCRIBE_CLUSTER, 0, new DescribeClusterRequestData());
            final String clusterId = (String) Trees.at(cluster, "cluster_id");
            final int nodeId = (Integer) Trees.at(cluster, "brokers", 0, "broker_id");
            peer.ask("this-broker", ApiKeys.API_VERSIONS, version, software(clusterId, nodeId));
            peer.ask("another-node", ApiKeys.API_VERSIONS, version, software(clusterId, nodeId + 1));
            peer.ask("another-cluster", ApiKeys.API_VERSIONS, version, software("another", nodeId));
            peer.ask("both-others", ApiKeys.API_VERSIONS, version, software("another", nodeId + 1));
            peer.ask("empty-cluster", ApiKeys.API_VERSIONS, version, software("", nodeId));
            peer.ask("negative-node", ApiKeys.API_VERSIONS, version, software(clusterId, -2));
            peer.ask("only-cluster", ApiKeys.API_VERSIONS, version, software(clusterId, -1));
            peer.ask("only-node", ApiKeys.API_VERSIONS, version, software(null, nodeId));
            peer.ask(
                    "another-node-odd-name",
                    ApiKeys.API_VERSIONS,
                    version,
                    software(clusterId, nodeId + 1).setClientSoftwareName("-"));
            peer.ask("same-connection", ApiKeys.API_VERSIONS, version, software());
        });
    }

    private static ApiVersionsRequestData software() {
        return new ApiVersionsRequestData().setClientSoftwareName("a").setClientSoftwareVersion("1");
    }

    private static ApiVersionsRequestData software(final String clusterId, final int nodeId) {
        return software().setClusterId(clusterId).setNodeId(nodeId);
    }

    private static void coordinators(final CaseBook book) {
        final Script ready = peer -> {
            for (int attempt = 0; attempt < 1_200; attempt++) {
                final Map<String, Object> answer = peer.prepare(
                        ApiKeys.FIND_COORDINATOR,
                        4,
                        new FindCoordinatorRequestData().setCoordinatorKeys(List.of("any")));
                if (Trees.at(answer, "coordinators", 0, "error_code").equals((short) 0)) {
                    return;
                }
                BrokerProcess.pause(50);
            }
            throw new IOException("no coordinator comes to be");
        };
        book.each(ApiKeys.FIND_COORDINATOR, "one-key", 0, 3, (peer, version) -> {
            peer.prepared("coordinator", ready);
            for (final String key : new String[] {"group", "", "a b ü"}) {
                peer.ask("key-" + key, ApiKeys.FIND_COORDINATOR, version, new FindCoordinatorRequestData().setKey(key));
            }
            for (final int type : new int[] {2, 3, -1}) {
                if (version >= 1) {
                    peer.ask(
                            "type" + type,
                            ApiKeys.FIND_COORDINATOR,
                            version,
                            new FindCoordinatorRequestData().setKey("x").setKeyType((byte) type));
                }
            }
        });
        book.each(ApiKeys.FIND_COORDINATOR, "keys", 4, 99, (peer, version) -> {
            peer.prepared("coordinator", ready);
            peer.ask(
                    "several",
                    ApiKeys.FIND_COORDINATOR,
                    version,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b", "a b ü")));
            peer.ask(
                    "twice",
                    ApiKeys.FIND_COORDINATOR,
                    version,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "a")));
            peer.ask(
                    "empty-key",
                    ApiKeys.FIND_COORDINATOR,
                    version,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("")));
            peer.ask("none", ApiKeys.FIND_COORDINATOR, version, new FindCoordinatorRequestData());
            for (final int type : new int[] {2, 3, -1}) {
                peer.ask(
                        "type" + type,
                        ApiKeys.FIND_COORDINATOR,
                        version,
                        new FindCoordinatorRequestData()
                                .setCoordinatorKeys(List.of("x", "y"))
                                .setKeyType((byte) type));
            }
        });
    }

    private static void frames(final CaseBook book) {
        book.each(ApiKeys.METADATA, "cut-frames", (peer, version) -> {
            final ByteBuffer frame = metadata(peer, version);
            for (int length = frame.limit() - 1; length >= 0; length -= 3) {
                final ByteBuffer cut = frame.duplicate().limit(length);
                peer.askFrame("length" + length, ApiKeys.METADATA, version, cut.slice(), SILENCE_MS);
            }
        });
        book.each(ApiKeys.METADATA, "bytes-after-the-request", (peer, version) -> {
            final ByteBuffer frame = metadata(peer, version);
            final ByteBuffer longer = ByteBuffer.allocate(frame.limit() + 5);
            longer.put(frame.duplicate()).rewind();
            peer.askFrame("five-more", ApiKeys.METADATA, version, longer, SILENCE_MS);
        });
        book.at(ApiKeys.METADATA, "array-lengths-that-lie", new int[] {1}, (peer, version) -> {
            peer.onlyOwnTopics();
            final ByteBuffer frame = metadata(peer, version);
            final int arrayAt = frame.limit() - (4 + 2 + peer.topic("none").length());
            for (final int length : new int[] {-2, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                peer.askFrame(
                        "array" + length,
                        ApiKeys.METADATA,
                        version,
                        ByteBuffer.wrap(frame.array().clone()).putInt(arrayAt, length),
                        SILENCE_MS);
            }
        });
        book.at(ApiKeys.METADATA, "versions-not-served", new int[] {12}, (peer, version) -> {
            for (final int unknown : new int[] {14, 99, -1}) {
                final ByteBuffer frame = metadata(peer, version).putShort(2, (short) unknown);
                peer.askFrame("version" + unknown, ApiKeys.METADATA, version, frame, SILENCE_MS);
            }
        });
        book.at(ApiKeys.METADATA, "keys-not-served", new int[] {12}, (peer, version) -> {
            for (final int key : new int[] {4, 5, 6, 7, 95, 999, -1, Short.MIN_VALUE}) {
                final ByteBuffer frame = metadata(peer, version).putShort(0, (short) key);
                peer.askFrame("key" + key, ApiKeys.METADATA, version, frame, SILENCE_MS);
            }
        });
        for (final ApiKeys api : List.of(
                ApiKeys.PRODUCE,
                ApiKeys.FETCH,
                ApiKeys.LIST_OFFSETS,
                ApiKeys.CREATE_TOPICS,
                ApiKeys.DELETE_TOPICS,
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                ApiKeys.DESCRIBE_CONFIGS)) {
            book.at(api, "below-the-first-version", new int[] {api.oldestVersion()}, (peer, version) -> {
                final ByteBuffer frame = metadata(peer, (short) 1);
                frame.putShort(0, api.id).putShort(2, (short) (version - 1));
                peer.askFrame("below", api, version, frame, SILENCE_MS);
            });
        }
    }

    private static ByteBuffer metadata(final Peer peer, final short version) {
        final MetadataRequestData request = new MetadataRequestData();
        if (version >= 4) {
            request.setAllowAutoTopicCreation(false);
        }
        request.topics().add(new MetadataRequestTopic().setName(peer.topic("none")));
        return Frames.request(ApiKeys.METADATA, version, 77, request);
    }
}
