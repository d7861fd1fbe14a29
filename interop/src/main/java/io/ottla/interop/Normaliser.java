package io.ottla.interop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;

/**
 * Replaces what may differ between two brokers without a difference in behaviour by words that are the same for both: ports,
 * ids that the broker chose, the present time, the wording of messages, and the order of lists that are sets by nature.
 * One for each broker and case, because it numbers ids in the order in which they appear.
 */
final class Normaliser {
    /** An id that a broker chose and that the case did not name: 128 bits in hexadecimal, or in Kafka's own way. */
    private static final Pattern SOME_ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|^[A-Za-z0-9_-]{22}$");

    private static final long NEAR_NOW_MS = 15 * 60_000;

    /** Fields that tell the elements of a list apart, the most telling first. */
    private static final List<String> IDENTITIES = List.of(
            "name",
            "topic",
            "topic_name",
            "topic_id",
            "resource_name",
            "group_id",
            "group",
            "member_id",
            "key",
            "partition_index",
            "index",
            "partition",
            "api_key",
            "broker_id",
            "node_id");

    /** Settings that no two brokers on one machine can share. */
    private static final Set<String> OWN_CONFIGS =
            Set.of("advertised.listeners", "listeners", "log.dir", "log.dirs", "controller.quorum.voters");

    private final Peer peer;
    private final Map<Long, Integer> producerIds = new HashMap<>();
    private final Map<Integer, Integer> sessionIds = new HashMap<>();

    Normaliser(final Peer peer) {
        this.peer = peer;
    }

    /**
     * Normalises an answer.
     *
     * @param answer a decoded answer.
     * @return a copy with the words in place.
     */
    Map<String, Object> normalise(final Map<String, Object> answer) {
        return fields(answer);
    }

    private Map<String, Object> fields(final Map<String, Object> struct) {
        final Map<String, Object> copy = new LinkedHashMap<>();
        struct.forEach((name, value) -> copy.put(name, value(name, value)));
        if (copy.containsKey("records_checksum")
                && ("now".equals(copy.get("max_timestamp")) || !Long.valueOf(-1).equals(copy.get("producer_id")))) {
            // It covers a time or an id that the broker chose.
            copy.put("crc", "its own");
        }
        if (copy.containsKey("records_checksum") && peer.isRecompressed()) {
            // Two compressors seldom write the same bytes.
            copy.keySet().removeAll(List.of("batch_length", "crc", "records_checksum"));
        }
        if (copy.containsKey("content") && "now".equals(copy.get("max_timestamp"))) {
            copy.put("content", "of now");
        }
        if (copy.get("name") instanceof final String named
                && OWN_CONFIGS.contains(named)
                && copy.get("value") != null) {
            copy.put("value", "its own");
        }
        return copy;
    }

    private Object value(final String name, final Object value) {
        return switch (value) {
            case null -> null;
            case Map<?, ?> struct -> fields(Trees.map(struct));
            case List<?> list -> list(list);
            case Uuid id -> id(id);
            case String text -> text(name, text);
            case Long number -> number(name, number);
            case Integer number -> {
                if (name.equals("port")) {
                    yield "port";
                }
                if (name.equals("session_id") && number != 0) {
                    yield "session " + sessionIds.computeIfAbsent(number, id -> sessionIds.size() + 1);
                }
                yield number;
            }
            default -> value;
        };
    }

    private List<Object> list(final List<?> list) {
        final List<Object> copy = new ArrayList<>(list.size());
        for (final Object element : list) {
            if (!(element instanceof Map<?, ?>) || !peer.isOthers(Trees.map(element))) {
                copy.add(value("", element));
            }
        }
        if (!copy.isEmpty() && copy.getFirst() instanceof Map<?, ?>) {
            copy.sort(Comparator.comparing(Normaliser::identity));
        }
        return copy;
    }

    /**
     * Names an element of a list by what tells it apart.
     *
     * @param element an element of a normalised list.
     * @return the name; empty if it has none, and then the order of the list counts.
     */
    static String identity(final Object element) {
        if (!(element instanceof Map<?, ?> fields)) {
            return "";
        }
        final StringBuilder identity = new StringBuilder();
        for (final String name : IDENTITIES) {
            if (fields.containsKey(name)) {
                final Object value = fields.get(name);
                identity.append(identity.isEmpty() ? "" : ",")
                        .append(
                                value instanceof final Number number && number.longValue() >= 0
                                        ? String.format("%d", number.longValue())
                                        : value);
            }
        }
        return identity.toString();
    }

    private String id(final Uuid id) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return "no id";
        }
        final String name = peer.nameOf(id);
        return name == null ? "some id" : "id of " + peer.withoutPrefix(name);
    }

    private String text(final String name, final String text) {
        return switch (name) {
            case "host" -> "host";
            case "log_dir" -> "folder";
            case "cluster_id" -> "cluster";
            case "error_message", "batch_index_error_message" -> text.isEmpty() ? "" : "text";
            default -> SOME_ID.matcher(peer.withoutPrefix(text)).replaceAll("some id");
        };
    }

    private Object number(final String name, final long number) {
        if (name.equals("producer_id") && number >= 0) {
            return "producer " + producerIds.computeIfAbsent(number, id -> producerIds.size() + 1);
        }
        if ((name.equals("total_bytes") || name.equals("usable_bytes")) && number > 0) {
            return "the disk's";
        }
        if (name.equals("finalized_features_epoch") && number >= 0) {
            return "epoch";
        }
        if (name.contains("time") && Math.abs(System.currentTimeMillis() - number) < NEAR_NOW_MS) {
            return "now";
        }
        return number;
    }
}
