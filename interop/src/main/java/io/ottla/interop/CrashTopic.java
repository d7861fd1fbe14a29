package io.ottla.interop;

import java.util.HashMap;
import java.util.Map;

/**
 * A topic that producers write to while its broker is killed repeatedly, with its expected records. Any thread may call
 * it.
 */
final class CrashTopic {
    private final String name;
    private final int partitions;
    private final boolean keyed;
    private final boolean compacted;
    private final Ledger ledger;
    private final Map<String, Integer> acknowledgedByKey = new HashMap<>();

    CrashTopic(final String name, final int partitions, final boolean keyed, final boolean compacted) {
        this.name = name;
        this.partitions = partitions;
        this.keyed = keyed;
        this.compacted = compacted;
        ledger = new Ledger(name, partitions);
    }

    String name() {
        return name;
    }

    int partitions() {
        return partitions;
    }

    boolean keyed() {
        return keyed;
    }

    boolean compacted() {
        return compacted;
    }

    Ledger ledger() {
        return ledger;
    }

    /**
     * Records that a record was acknowledged.
     *
     * @param key       its key, or null.
     * @param partition its partition.
     * @param offset    its offset.
     * @param number    the record; the numbers of one key rise.
     */
    void acknowledge(final String key, final int partition, final long offset, final int number) {
        ledger.acknowledge(partition, offset, number);
        if (key != null) {
            synchronized (acknowledgedByKey) {
                acknowledgedByKey.merge(key, number, Math::max);
            }
        }
    }

    /**
     * Returns the last record of each key that was acknowledged until now.
     *
     * @return a copy.
     */
    Map<String, Integer> acknowledgedByKey() {
        synchronized (acknowledgedByKey) {
            return new HashMap<>(acknowledgedByKey);
        }
    }
}
