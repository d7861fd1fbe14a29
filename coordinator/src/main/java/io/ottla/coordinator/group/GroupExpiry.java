package io.ottla.coordinator.group;

import io.ottla.api.group.GroupConfig;
import io.ottla.api.metadata.MetadataView;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from the log what is no longer needed: expired offsets, groups without other state, and offsets of deleted
 * topics.
 */
final class GroupExpiry {
    /** The largest number of records that are written at once; the rest follows soon. */
    static final int RECORDS_MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(GroupExpiry.class);
    private static final long CONTINUE_MS = 100;

    private final GroupConfig.Offsets config;
    private final GroupImage image;
    private final OffsetRequests offsets;
    private final MetadataView metadata;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final Object expiryKey = new Object();
    private final Object orphansKey = new Object();

    GroupExpiry(
            final GroupConfig.Offsets config,
            final GroupImage image,
            final OffsetRequests offsets,
            final MetadataView metadata,
            final ShardTimers<GroupMachine, GroupRecord> timers) {
        this.config = config;
        this.image = image;
        this.offsets = offsets;
        this.metadata = metadata;
        this.timers = timers;
    }

    /** Schedules the next check for expired offsets. */
    void schedule() {
        schedule(config.retentionCheckIntervalMs());
    }

    private void schedule(final long delayMs) {
        timers.schedule(expiryKey, delayMs, (machine, nowMs) -> expire(nowMs));
    }

    private Outcome<GroupRecord, Void> expire(final long nowMs) {
        final List<GroupRecord> records = new ArrayList<>();
        for (final Group group : image.groups()) {
            if (records.size() >= RECORDS_MAX) {
                break;
            }
            if (offsets.expire(group, nowMs, records) && isForgettable(group)) {
                group.tombstones(records);
            }
        }
        final boolean more = records.size() >= RECORDS_MAX;
        if (!records.isEmpty()) {
            LOG.info("{} expired records of groups are removed from the log", records.size());
        }
        return Outcome.write(records).then(() -> schedule(more ? CONTINUE_MS : config.retentionCheckIntervalMs()));
    }

    private static boolean isForgettable(final Group group) {
        return group.isEmpty()
                && !(group instanceof final ClassicGroup classic
                        && !classic.members().pendingJoins().isEmpty());
    }

    /**
     * Removes offsets of deleted topics from the log. Those that do not fit in one batch follow soon.
     *
     * @return the records to write.
     */
    Outcome<GroupRecord, Void> forgetOrphans() {
        final List<GroupRecord> records = offsets.deleteOrphans(metadata, RECORDS_MAX);
        final Outcome<GroupRecord, Void> outcome = Outcome.write(records);
        return records.size() < RECORDS_MAX
                ? outcome
                : outcome.then(() -> timers.schedule(orphansKey, CONTINUE_MS, (machine, nowMs) -> forgetOrphans()));
    }
}
