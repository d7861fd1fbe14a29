package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One broker as one case sees it: sends requests, keeps the answers to be compared, and knows the ids that the broker gave
 * out by names that are the same for every broker. Used by one thread.
 */
final class Peer implements AutoCloseable {
    private static final int ANSWER_TIMEOUT_MS = 30_000;
    private static final long METADATA_TIMEOUT_MS = 60_000;

    private final InetSocketAddress address;
    private final String prefix;
    private final Fixtures fixtures;
    private final Set<String> otherPrefixes = new HashSet<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private final Map<Uuid, String> namesById = new HashMap<>();
    private final Map<String, String> nameByText = new LinkedHashMap<>();
    private final Map<String, WireConnection> connections = new HashMap<>();
    private WireConnection connection;
    private int correlationId;
    private boolean onlyOwnTopics;
    private boolean recompressed;

    /**
     * Prepares a peer; it connects when first needed.
     *
     * @param address the broker's listener.
     * @param prefix  begins the name of each topic of the case, so that cases do not meet.
     * @param fixtures the broker's shared topics.
     */
    Peer(final InetSocketAddress address, final String prefix, final Fixtures fixtures) {
        this.fixtures = fixtures;
        this.address = address;
        this.prefix = prefix;
    }

    /**
     * Creates a topic's name that no other case uses.
     *
     * @param suffix tells the case's topics apart.
     * @return the name.
     */
    String topic(final String suffix) {
        return prefix + suffix;
    }

    /**
     * Asks and keeps the answer to be compared.
     *
     * @param label   says which step of the case it is.
     * @param api     the API's key.
     * @param version the version.
     * @param message the request.
     * @return the decoded answer, empty if the broker closed the connection or kept silent.
     * @throws IOException if the connection can't be made.
     */
    Map<String, Object> ask(final String label, final ApiKeys api, final int version, final ApiMessage message)
            throws IOException {
        final ByteBuffer frame = Frames.request(api, (short) version, ++correlationId, message);
        return askFrame(label, api, version, frame, ANSWER_TIMEOUT_MS);
    }

    /**
     * Asks with a frame that need not be well formed.
     *
     * @param label     says which step of the case it is.
     * @param api       the API by whose schema an answer is read.
     * @param version   the version of that schema.
     * @param frame     what follows the length.
     * @param timeoutMs the longest time to wait, in milliseconds before it counts as silence.
     * @return as {@link #ask}.
     * @throws IOException if the connection can't be made.
     */
    Map<String, Object> askFrame(
            final String label, final ApiKeys api, final int version, final ByteBuffer frame, final int timeoutMs)
            throws IOException {
        final Step step = exchange(label, api, (short) version, frame, timeoutMs);
        steps.add(step);
        return step.answer();
    }

    /**
     * Asks for what only prepares the case, so that the answer is not compared.
     *
     * @param api     the API's key.
     * @param version the version.
     * @param message the request.
     * @return the decoded answer.
     * @throws IOException if there is none.
     */
    Map<String, Object> prepare(final ApiKeys api, final int version, final ApiMessage message) throws IOException {
        final ByteBuffer frame = Frames.request(api, (short) version, ++correlationId, message);
        final Step step = exchange("prepare", api, (short) version, frame, ANSWER_TIMEOUT_MS);
        if (!step.outcome().equals("answer")) {
            throw new IOException(api + " v" + version + " of the preparation: " + step.outcome());
        }
        return step.answer();
    }

    /**
     * Sends a request that asks for no answer.
     *
     * @param api     the API's key.
     * @param version the version.
     * @param message the request.
     * @throws IOException if it cannot be sent.
     */
    void tell(final ApiKeys api, final int version, final ApiMessage message) throws IOException {
        connection().send(Frames.request(api, (short) version, ++correlationId, message));
    }

    /**
     * Reads the answer to an earlier {@link #tell} and keeps it to be compared.
     *
     * @param label   says which step of the case it is.
     * @param api     the API's key.
     * @param version the version asked at.
     * @return as {@link #ask}.
     * @throws IOException if what comes is no frame.
     */
    Map<String, Object> collect(final String label, final ApiKeys api, final int version) throws IOException {
        final ByteBuffer answer = connection().read(ANSWER_TIMEOUT_MS);
        if (answer == WireConnection.CLOSED || answer == WireConnection.SILENT) {
            reconnect();
            steps.add(new Step(label, null, answer == WireConnection.CLOSED ? "closed" : "silence", Map.of()));
        } else {
            steps.add(new Step(label, null, "answer", AnswerReader.read(api, (short) version, answer)));
        }
        return steps.getLast().answer();
    }

    /**
     * Reads the answer to an earlier {@link #tell} that only prepares the case.
     *
     * @param api     the API's key.
     * @param version the version asked at.
     * @return the decoded answer.
     * @throws IOException if there is none.
     */
    Map<String, Object> receive(final ApiKeys api, final int version) throws IOException {
        final ByteBuffer answer = connection().read(ANSWER_TIMEOUT_MS);
        if (answer == WireConnection.CLOSED || answer == WireConnection.SILENT) {
            throw new IOException(api + " v" + version + " of the preparation has no answer");
        }
        return AnswerReader.read(api, (short) version, answer);
    }

    /** An action on a second connection. */
    @FunctionalInterface
    interface Errand {
        void run() throws IOException;
    }

    /**
     * Does something on a separate connection, while the case's connection waits for an answer.
     *
     * @param errand asks through this peer.
     * @throws IOException if the errand fails.
     */
    void onAnother(final Errand errand) throws IOException {
        final WireConnection kept = connection;
        connection = null;
        try {
            errand.run();
        } finally {
            reconnect();
            connection = kept;
        }
    }

    /**
     * Does something on a connection that has a name and stays, so that several clients can wait for answers at once.
     *
     * @param client names the connection.
     * @param errand asks through this peer.
     * @throws IOException if the errand fails.
     */
    void on(final String client, final Errand errand) throws IOException {
        final WireConnection kept = connection;
        connection = connections.remove(client);
        try {
            errand.run();
        } finally {
            if (connection != null) {
                connections.put(client, connection);
            }
            connection = kept;
        }
    }

    /** Leaves the connection; the next request opens another. */
    void reconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    /**
     * Creates a topic with one replica and waits until it can be written to.
     *
     * @param suffix     as in {@link #topic}.
     * @param partitions the number of partitions.
     * @param configs    keys and values in turn.
     * @return its name.
     * @throws IOException if it cannot be created.
     */
    String createTopic(final String suffix, final int partitions, final String... configs) throws IOException {
        final String name = topic(suffix);
        final CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
        for (int i = 0; i < configs.length; i += 2) {
            topic.configs().add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        final CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(20_000);
        request.topics().add(topic);
        final Map<String, Object> answer = prepare(ApiKeys.CREATE_TOPICS, 7, request);
        final Object error = Trees.at(answer, "topics", 0, "error_code");
        if (!error.equals((short) 0)) {
            throw new IOException("CreateTopics " + name + ": error " + error);
        }
        awaitTopic(name, partitions);
        return name;
    }

    /**
     * Ensures that topics which other cases read too are there.
     *
     * @param name   names the fixture.
     * @param script creates and fills its topics.
     * @param suffix one of these topics.
     * @return the name of that topic.
     * @throws IOException if they can't be made.
     */
    String fixture(final String name, final Script script, final String suffix) throws IOException {
        final Peer maker = fixtures.get(name, script);
        topicIds.putAll(maker.topicIds);
        namesById.putAll(maker.namesById);
        otherPrefixes.add(maker.prefix);
        return maker.topic(suffix);
    }

    /**
     * Ensures that something was prepared once for each broker.
     *
     * @param name   names the fixture.
     * @param script prepares it.
     * @throws IOException if it fails.
     */
    void prepared(final String name, final Script script) throws IOException {
        fixtures.get(name, script);
    }

    /**
     * Deletes a topic and waits until it is gone.
     *
     * @param name the whole name.
     * @throws IOException if it stays.
     */
    void deleteTopic(final String name) throws IOException {
        prepare(
                ApiKeys.DELETE_TOPICS,
                5,
                new DeleteTopicsRequestData().setTopicNames(List.of(name)).setTimeoutMs(20_000));
        awaitNoTopic(name);
    }

    /**
     * Waits until a topic has leaders for all its partitions, and learns its id.
     *
     * @param name       the whole name.
     * @param partitions the number of partitions.
     * @throws IOException if that takes too long.
     */
    void awaitTopic(final String name, final int partitions) throws IOException {
        awaitMetadata(name, topic -> {
            if (!topic.get("error_code").equals((short) 0)) {
                return false;
            }
            final List<?> found = (List<?>) topic.get("partitions");
            for (final Object partition : found) {
                if (!Trees.at(partition, "error_code").equals((short) 0)) {
                    return false;
                }
            }
            learn(name, (Uuid) topic.get("topic_id"));
            return found.size() == partitions;
        });
        awaitLeaders(name, partitions);
    }

    /** Apache Kafka names a leader in its metadata a moment before that leader serves. */
    private void awaitLeaders(final String name, final int partitions) throws IOException {
        final ListOffsetsTopic topic = new ListOffsetsTopic().setName(name);
        for (int i = 0; i < partitions; i++) {
            topic.partitions()
                    .add(new ListOffsetsPartition().setPartitionIndex(i).setTimestamp(-1));
        }
        final ListOffsetsRequestData request = new ListOffsetsRequestData().setReplicaId(-1);
        request.topics().add(topic);
        final long start = System.nanoTime();
        while (true) {
            final List<Object> found =
                    Trees.list(Trees.at(prepare(ApiKeys.LIST_OFFSETS, 7, request), "topics", 0, "partitions"));
            if (found.stream()
                    .allMatch(partition -> Trees.at(partition, "error_code").equals((short) 0))) {
                return;
            }
            requireTime(start, found);
            BrokerProcess.pause(2);
        }
    }

    private static void requireTime(final long startNs, final Object state) throws IOException {
        if ((System.nanoTime() - startNs) / 1_000_000 > METADATA_TIMEOUT_MS) {
            throw new IOException("the topic does not come to be as it should: " + state);
        }
    }

    /**
     * Waits until the broker knows no topic of that name any more.
     *
     * @param name the whole name.
     * @throws IOException if that takes too long.
     */
    void awaitNoTopic(final String name) throws IOException {
        awaitMetadata(name, topic -> topic.get("error_code").equals((short) 3));
    }

    private void awaitMetadata(final String name, final Predicate<Map<String, Object>> condition) throws IOException {
        final MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(false);
        request.topics().add(new MetadataRequestTopic().setName(name));
        final long start = System.nanoTime();
        while (true) {
            final Map<String, Object> topic = Trees.map(Trees.at(prepare(ApiKeys.METADATA, 12, request), "topics", 0));
            if (condition.test(topic)) {
                return;
            }
            requireTime(start, topic);
            BrokerProcess.pause(2);
        }
    }

    /**
     * Returns the id that the broker gave a topic.
     *
     * @param name the topic's name, created before.
     * @return the id.
     */
    Uuid topicId(final String name) {
        final Uuid id = topicIds.get(name);
        if (id == null) {
            throw new IllegalStateException("the id of " + name + " is not known");
        }
        return id;
    }

    /**
     * Stores the topic of an id.
     *
     * @param name a topic's name.
     * @param id   the id that the broker gave it.
     */
    void learn(final String name, final Uuid id) {
        topicIds.put(name, id);
        namesById.put(id, name);
    }

    /**
     * Names an id in a way that is the same for every broker.
     *
     * @param id an id from an answer.
     * @return its topic's name, or null if this case met no such topic.
     */
    String nameOf(final Uuid id) {
        return namesById.get(id);
    }

    /**
     * Remembers what the broker called something, such as a member of a group.
     *
     * @param text what an answer said.
     * @param name what to call it, the same for every broker.
     */
    void name(final String text, final String name) {
        if (!text.isEmpty()) {
            nameByText.put(text, name);
        }
    }

    /**
     * Drops what makes the case's topics unique.
     *
     * @param text a topic's name, or any text.
     * @return the text without the case's prefix.
     */
    String withoutPrefix(final String text) {
        String shortened = text.replace(prefix, "");
        for (final String other : otherPrefixes) {
            shortened = shortened.replace(other, "");
        }
        for (final Map.Entry<String, String> named : nameByText.entrySet()) {
            shortened = shortened.replace(named.getKey(), named.getValue());
        }
        return shortened;
    }

    /** Leaves topics and groups of other cases out of the answers from here on, for questions that are not about certain topics. */
    void onlyOwnTopics() {
        onlyOwnTopics = true;
    }

    /** Notes that the broker recompresses batches, so that their contents are compared. */
    void expectRecompression() {
        recompressed = true;
    }

    boolean isRecompressed() {
        return recompressed;
    }

    /**
     * Returns whether an element of an answer is about a topic or group of another case.
     *
     * @param element a struct of the answer.
     * @return true if it should be left out.
     */
    boolean isOthers(final Map<String, Object> element) {
        if (!onlyOwnTopics || !(element.getOrDefault("name", element.get("group_id")) instanceof final String name)) {
            return false;
        }
        return !name.startsWith(prefix) && otherPrefixes.stream().noneMatch(name::startsWith);
    }

    List<Step> steps() {
        return steps;
    }

    @Override
    public void close() {
        reconnect();
        connections.values().forEach(WireConnection::close);
        connections.clear();
    }

    private WireConnection connection() throws IOException {
        if (connection == null) {
            connection = new WireConnection(address);
        }
        return connection;
    }

    private Step exchange(
            final String label, final ApiKeys api, final short version, final ByteBuffer frame, final int timeoutMs)
            throws IOException {
        ByteBuffer answer;
        try {
            connection().send(frame);
            answer = connection().read(timeoutMs);
        } catch (final SocketException e) {
            answer = WireConnection.CLOSED;
        }
        if (answer == WireConnection.CLOSED || answer == WireConnection.SILENT) {
            reconnect();
            return new Step(label, frame, answer == WireConnection.CLOSED ? "closed" : "silence", Map.of());
        }
        final int expected = frame.remaining() < 8 ? 0 : frame.getInt(frame.position() + 4);
        if (answer.getInt(0) != expected) {
            throw new IOException("correlation id " + answer.getInt(0) + " answers " + expected);
        }
        return new Step(label, frame, "answer", AnswerReader.read(api, version, answer));
    }
}
