package io.ottla.server.config;

import io.ottla.api.ConfigException;
import io.ottla.api.FileDescriptors;
import io.ottla.api.Spelling;
import io.ottla.api.transport.ListenerSpec;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The configuration of a broker. It is parsed and checked once, and immutable afterwards. {@link BrokerKeys} has the
 * keys.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class BrokerConfig {
    private final Map<String, String> properties;
    private final Object[] values;
    private final List<String> ignored;
    private final int nodeId;
    private final Path dataDir;
    private final List<ListenerSpec> listeners;
    private final Map<String, AdvertisedListener> advertised;
    private final TopicConfig topicDefaults;
    private final int fetchMaxBytes;
    private final boolean autoCreateTopics;
    private final int numPartitions;

    private BrokerConfig(final Map<String, String> properties) {
        final LinkedHashMap<String, String> given = new LinkedHashMap<>(properties);
        this.properties = Collections.unmodifiableMap(given);
        values = new Object[BrokerKeys.all().size()];
        final ArrayList<String> unused = new ArrayList<>(0);
        final TreeSet<String> useless = new TreeSet<>();
        for (final Map.Entry<String, String> property : given.entrySet()) {
            final ConfigKey key = BrokerKeys.of(property.getKey());
            if (key != null) {
                values[key.index()] = key.parse(property.getValue());
                if (key.inert() != null) {
                    useless.add(key.name());
                }
            } else if (!BrokerKeys.isProviders(property.getKey())) {
                unused.add(property.getKey());
            }
        }
        if (!unused.isEmpty()) {
            checkIgnored(unused);
            useless.addAll(unused);
        }
        ignored = List.copyOf(useless);
        for (final ConfigKey key : BrokerKeys.all()) {
            if (values[key.index()] == null) {
                values[key.index()] = key.defaultValue();
            }
        }
        if (!given.containsKey(NetworkKeys.MAX_CONNECTIONS.name())) {
            values[NetworkKeys.MAX_CONNECTIONS.index()] = DescriptorShares.connections(FileDescriptors.limit());
        }
        nodeId = readNodeId();
        values[IdentityKeys.NODE_ID.index()] = nodeId;
        values[IdentityKeys.BROKER_ID.index()] = nodeId;
        checkRequestBytes();
        dataDir = readDataDir();
        final List<String> controllerNames = list(NetworkKeys.CONTROLLER_LISTENER_NAMES);
        listeners = ListenerConfig.listeners(
                list(NetworkKeys.LISTENERS), text(NetworkKeys.LISTENER_SECURITY_PROTOCOL_MAP), controllerNames);
        advertised = ListenerConfig.advertised(list(NetworkKeys.ADVERTISED_LISTENERS), listeners, controllerNames);
        topicDefaults = TopicConfig.defaults(this);
        fetchMaxBytes = intValue(RequestKeys.FETCH_MAX_BYTES);
        autoCreateTopics = flag(TopicDefaultKeys.AUTO_CREATE_TOPICS_ENABLE);
        numPartitions = intValue(TopicDefaultKeys.NUM_PARTITIONS);
    }

    /**
     * Parses a configuration.
     *
     * @param properties values by key; copied.
     * @return the configuration.
     * @throws ConfigException if a key is known neither to Ottla nor to Kafka, or a value is not valid.
     */
    public static BrokerConfig of(final Map<String, String> properties) {
        return new BrokerConfig(properties);
    }

    /**
     * Returns what was configured, without defaults.
     *
     * @return an unmodifiable map.
     */
    public Map<String, String> properties() {
        return properties;
    }

    /**
     * Returns the keys that were set and have no effect: those that only Kafka uses, and those that change nothing in
     * Ottla.
     *
     * @return the keys, in alphabetical order.
     */
    public List<String> ignored() {
        return ignored;
    }

    /**
     * Returns the id of this broker, from {@code node.id} or {@code broker.id}.
     *
     * @return 0 or more.
     */
    public int nodeId() {
        return nodeId;
    }

    /**
     * Returns the folder for all data, from {@code log.dirs} or {@code log.dir}.
     *
     * @return the folder; it need not exist.
     */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * Returns the listeners to open.
     *
     * @return at least one listener.
     */
    public List<ListenerSpec> listeners() {
        return listeners;
    }

    /**
     * Returns the addresses that are advertised to clients.
     *
     * @return by listener name; a listener that is absent advertises the address that the client connected to.
     */
    public Map<String, AdvertisedListener> advertised() {
        return advertised;
    }

    /**
     * Returns the configuration of a topic without overrides.
     *
     * @return the broker's defaults.
     */
    public TopicConfig topicDefaults() {
        return topicDefaults;
    }

    /**
     * Returns the configuration of a topic.
     *
     * @param overrides the topic's overrides.
     * @return the broker's defaults, with the overrides applied.
     */
    public TopicConfig topic(final Map<String, String> overrides) {
        return overrides.isEmpty() ? topicDefaults : TopicConfig.of(topicDefaults, overrides);
    }

    /**
     * Returns {@code fetch.max.bytes}.
     *
     * @return bytes.
     */
    public int fetchMaxBytes() {
        return fetchMaxBytes;
    }

    /**
     * Returns {@code auto.create.topics.enable}.
     *
     * @return true if a topic is created when a client asks for it.
     */
    public boolean autoCreateTopics() {
        return autoCreateTopics;
    }

    /**
     * Returns {@code num.partitions}.
     *
     * @return the default number of partitions of a topic.
     */
    public int numPartitions() {
        return numPartitions;
    }

    /**
     * Returns the value of a key.
     *
     * @param key any key of {@link BrokerKeys}.
     * @return the result of {@link ConfigKey#parse}, or null if there is neither a value nor a default.
     */
    public Object value(final ConfigKey key) {
        return values[key.index()];
    }

    /**
     * Returns the value of a key of type BOOLEAN.
     *
     * @param key the key.
     * @return the value.
     */
    public boolean flag(final ConfigKey key) {
        return (Boolean) value(key);
    }

    /**
     * Returns the value of a key of type INT.
     *
     * @param key the key; it has a default.
     * @return the value, in the unit that the key's name ends in.
     */
    public int intValue(final ConfigKey key) {
        return (Integer) value(key);
    }

    /**
     * Returns the value of a key of type LONG or INT.
     *
     * @param key the key; it has a default.
     * @return the value, in the unit that the key's name ends in.
     */
    public long longValue(final ConfigKey key) {
        return ((Number) value(key)).longValue();
    }

    /**
     * Returns the value of a key of type STRING.
     *
     * @param key the key.
     * @return the value, or null if there is none.
     */
    public String text(final ConfigKey key) {
        return (String) value(key);
    }

    /**
     * Returns the value of a key of type LIST.
     *
     * @param key the key.
     * @return the value, or null if there is none.
     */
    @SuppressWarnings("unchecked")
    List<String> list(final ConfigKey key) {
        return (List<String>) value(key);
    }

    private int readNodeId() {
        final int brokerId = intValue(IdentityKeys.BROKER_ID);
        if (brokerId < 0) {
            return intValue(IdentityKeys.NODE_ID);
        }
        if (properties.containsKey(IdentityKeys.NODE_ID.name()) && intValue(IdentityKeys.NODE_ID) != brokerId) {
            throw new ConfigException("node.id is " + intValue(IdentityKeys.NODE_ID) + " and broker.id is " + brokerId
                    + "; they must be equal, or only one of them must be set");
        }
        return brokerId;
    }

    private void checkRequestBytes() {
        final long all = longValue(NetworkKeys.QUEUED_MAX_REQUEST_BYTES);
        final int largest = intValue(NetworkKeys.SOCKET_REQUEST_MAX_BYTES);
        if (all > 0 && all < largest) {
            throw new ConfigException(
                    NetworkKeys.QUEUED_MAX_REQUEST_BYTES.name() + " is " + all + "; it must not be less than "
                            + NetworkKeys.SOCKET_REQUEST_MAX_BYTES.name() + ", which is " + largest);
        }
    }

    private Path readDataDir() {
        final ConfigKey key = list(IdentityKeys.LOG_DIRS) != null ? IdentityKeys.LOG_DIRS : IdentityKeys.LOG_DIR;
        final List<String> folders = list(key);
        if (folders.size() != 1 || folders.getFirst().isEmpty()) {
            throw new ConfigException(key.name() + "=" + ConfigKey.format(folders) + ": exactly one folder is needed");
        }
        try {
            return Path.of(folders.getFirst());
        } catch (final InvalidPathException e) {
            throw new ConfigException(key.name() + "=" + folders.getFirst() + ": " + e.getReason());
        }
    }

    private void checkIgnored(final List<String> names) {
        final Set<String> kafkas = KafkaKeys.read();
        for (final String name : names) {
            if (name.equals(KafkaKeys.AUTHORIZER) && !properties.get(name).isBlank()) {
                throw new ConfigException(name + ": access cannot be controlled yet, and ignoring this key would let "
                        + "everybody do everything; remove it if that is intended");
            }
            if (!kafkas.contains(name) && !KafkaKeys.isOfFamily(name)) {
                final ArrayList<String> known = new ArrayList<>();
                for (final ConfigKey key : BrokerKeys.all()) {
                    known.add(key.name());
                }
                known.addAll(kafkas);
                throw new ConfigException("unknown configuration key '" + name + "'; the nearest known one is '"
                        + Spelling.nearest(name, known, Integer.MAX_VALUE) + "'");
            }
        }
    }
}
