package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A state machine for tests of the runtime: numbers by name, with a record for each change. */
final class Tally implements StateMachine<Tally.Change> {
    /**
     * A number's new value; null removes it.
     *
     * @param name the number's name; "poison" cannot be replayed.
     * @param value the value.
     */
    record Change(String name, Integer value) {}

    static final RecordSerde<Change> SERDE = new RecordSerde<>() {
        @Override
        public ByteBuffer key(final Change record) {
            return ByteBuffer.wrap(record.name().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public ByteBuffer value(final Change record) {
            return record.value() == null
                    ? null
                    : ByteBuffer.allocate(Integer.BYTES).putInt(0, record.value());
        }

        @Override
        public Change read(final ByteBuffer key, final ByteBuffer value) {
            return new Change(
                    StandardCharsets.UTF_8.decode(key).toString(),
                    value == null ? null : value.getInt(value.position()));
        }
    };

    final ShardTimers<Tally, Change> timers;
    final Map<String, Integer> numbers = new TreeMap<>();
    final List<Long> batchEnds = new ArrayList<>();
    final List<CompletableFuture<Integer>> parked = new ArrayList<>();
    CoordinatorException unloadedBy;

    /** Thrown once, after the first parked request was answered. */
    Error unloading;

    long loadedMs = -1;

    Tally(final ShardTimers<Tally, Change> timers) {
        this.timers = timers;
    }

    Outcome<Change, Integer> add(final String name, final int amount) {
        if (amount == 0) {
            throw new CoordinatorException(ErrorCode.INVALID_REQUEST, "nothing to add");
        }
        final int sum = numbers.getOrDefault(name, 0) + amount;
        return Outcome.write(List.of(new Change(name, sum)), sum);
    }

    Outcome<Change, Integer> park(final CompletableFuture<Integer> reply) {
        parked.add(reply);
        return Outcome.park();
    }

    @Override
    public void replay(final long offset, final Change record) {
        if (record.name().equals("poison")) {
            throw new IllegalStateException("poison at offset " + offset);
        }
        if (record.value() == null) {
            numbers.remove(record.name());
        } else {
            numbers.put(record.name(), record.value());
        }
    }

    @Override
    public void replayed(final long nextOffset) {
        batchEnds.add(nextOffset);
    }

    @Override
    public Outcome<Change, Void> loaded(final long nowMs) {
        loadedMs = nowMs;
        return numbers.isEmpty() ? Outcome.write(List.of(new Change("begun", 1))) : Outcome.nothing();
    }

    @Override
    public void unloaded(final CoordinatorException cause) {
        unloadedBy = cause;
        for (final CompletableFuture<Integer> reply : parked) {
            reply.completeExceptionally(cause);
            final Error error = unloading;
            unloading = null;
            if (error != null) {
                throw error;
            }
        }
    }
}
