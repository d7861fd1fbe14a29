package io.ottla.interop;

import io.ottla.interop.RandomRequests.Range;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** The broker as hostile clients see it, and what several kinds of them ask for. Any thread may call it. */
final class HostileTarget {
    private static final int ANSWER_TIMEOUT_MS = 20_000;

    private final InetSocketAddress address;
    private final int descriptors;
    private final HostileNames names = new HostileNames();
    private final Map<ApiKeys, Range> served = new EnumMap<>(ApiKeys.class);

    /**
     * Asks a broker what it serves.
     *
     * @param address the broker's address.
     * @param descriptors how many files and connections its process may have open.
     * @throws IOException if it does not say.
     */
    HostileTarget(final InetSocketAddress address, final int descriptors) throws IOException {
        this.address = address;
        this.descriptors = descriptors;
        final Map<String, Object> answer = ask(
                new SplittableRandom(),
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("hostile").setClientSoftwareVersion("1"));
        for (final Object one : Trees.list(answer.get("api_keys"))) {
            final ApiKeys api = ApiKeys.forId((Short) Trees.at(one, "api_key"));
            served.put(
                    api, new Range((short) Math.max((Short) Trees.at(one, "min_version"), api.oldestVersion()), (Short)
                            Trees.at(one, "max_version")));
        }
    }

    InetSocketAddress address() {
        return address;
    }

    int descriptors() {
        return descriptors;
    }

    HostileNames names() {
        return names;
    }

    RandomRequests requests(final SplittableRandom random) {
        return new RandomRequests(served, names, random, false);
    }

    RandomRequests requestsToChange(final SplittableRandom random) {
        return new RandomRequests(served, names, random, true);
    }

    /**
     * Asks on a separate connection.
     *
     * @param random  draws the address to come from.
     * @param api     the API's key.
     * @param version the version.
     * @param message the request.
     * @return the decoded answer.
     * @throws IOException if there is none in time.
     */
    Map<String, Object> ask(
            final SplittableRandom random, final ApiKeys api, final int version, final ApiMessage message)
            throws IOException {
        try (HostileConnection connection = HostileConnection.open(address, random)) {
            return ask(connection, api, version, message);
        }
    }

    static Map<String, Object> ask(
            final HostileConnection connection, final ApiKeys api, final int version, final ApiMessage message)
            throws IOException {
        final ByteBuffer answer = connection.ask(Frames.request(api, (short) version, 1, message), ANSWER_TIMEOUT_MS);
        if (answer == null) {
            throw new IOException(api + " has no answer");
        }
        return AnswerReader.read(api, (short) version, answer);
    }

    /**
     * Creates topics, if they are not there and the broker lets it.
     *
     * @param random     draws the address to come from.
     * @param partitions the number of partitions of each.
     * @param created    their names.
     * @throws IOException if there is no answer.
     */
    void create(final SplittableRandom random, final int partitions, final String... created) throws IOException {
        final CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(ANSWER_TIMEOUT_MS);
        for (final String name : created) {
            request.topics()
                    .add(new CreatableTopic()
                            .setName(name)
                            .setNumPartitions(partitions)
                            .setReplicationFactor((short) 1));
        }
        ask(random, ApiKeys.CREATE_TOPICS, 7, request);
    }

    /**
     * Lists the topics that belong to hostile clients, and learns their ids.
     *
     * @param random draws the address to come from.
     * @return the number of partitions by name.
     * @throws IOException if there is no answer.
     */
    Map<String, Integer> topics(final SplittableRandom random) throws IOException {
        final Map<String, Object> answer = ask(
                random,
                ApiKeys.METADATA,
                12,
                new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false));
        final Map<String, Integer> found = new java.util.TreeMap<>();
        final List<Uuid> ids = new ArrayList<>();
        for (final Object topic : Trees.list(answer.get("topics"))) {
            final String name = (String) Trees.at(topic, "name");
            if (name.startsWith(HostileNames.PREFIX)) {
                found.put(name, Trees.list(Trees.at(topic, "partitions")).size());
                ids.add((Uuid) Trees.at(topic, "topic_id"));
            }
        }
        names.learn(ids.subList(0, Math.min(ids.size(), 100)));
        return found;
    }

    /**
     * Deletes topics.
     *
     * @param random  draws the address to come from.
     * @param deleted their names.
     * @throws IOException if there is no answer.
     */
    void delete(final SplittableRandom random, final List<String> deleted) throws IOException {
        ask(
                random,
                ApiKeys.DELETE_TOPICS,
                5,
                new DeleteTopicsRequestData().setTopicNames(deleted).setTimeoutMs(ANSWER_TIMEOUT_MS));
    }
}
