package io.ottla.server.fetch;

import io.ottla.api.ErrorCode;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.codec.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.codec.message.ListOffsetsResponse;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.server.partition.Partition;
import io.ottla.server.request.Request;
import io.ottla.server.request.Turns;
import java.util.ArrayDeque;

/**
 * Serves a ListOffsets: responds when all offsets are found. A search by timestamp that would take the agent too long
 * waits for a turn.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
final class PendingOffsets {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    /** The first version that supports each special timestamp, from -1 downwards. */
    private static final int[] SPECIAL_SINCE = {1, 1, 7, 8, 9, 11};

    private static final short FIRST_VERSION_WITH_LEADER_EPOCH = 4;

    private final Turns turns;
    private final Request request;
    private final int replicaId;
    private final ListOffsetsResponse response = new ListOffsetsResponse();

    /** Searches that are not complete; the finder may have paused in the first one. */
    private final ArrayDeque<Search> waiting = new ArrayDeque<>(0);

    /** Created for the first search by timestamp. */
    private OffsetFinder finder;

    private boolean isTurn;
    private long turnBytesLeft;
    private boolean isDone;

    private record Search(Partition partition, ListOffsetsPartition wanted, ListOffsetsPartitionResponse result) {}

    PendingOffsets(final Turns turns, final Request request, final int replicaId) {
        this.turns = turns;
        this.request = request;
        this.replicaId = replicaId;
    }

    ListOffsetsResponse response() {
        return response;
    }

    /**
     * Finds an offset, at once or later.
     *
     * @param partition the partition; null if it does not exist.
     * @param wanted the requested offset.
     * @param result receives the result.
     */
    void find(final Partition partition, final ListOffsetsPartition wanted, final ListOffsetsPartitionResponse result) {
        final long timestamp = wanted.timestamp();
        if (timestamp < 0
                && (timestamp < -SPECIAL_SINCE.length || request.version() < SPECIAL_SINCE[(int) (-timestamp - 1)])) {
            end(result, ErrorCode.UNSUPPORTED_VERSION);
        } else if (partition == null) {
            end(result, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        } else {
            final Search search = new Search(partition, wanted, result);
            if (!waiting.isEmpty() || !proceed(search)) {
                waiting.add(search);
            }
        }
    }

    /**
     * Completes the response for a partition.
     *
     * @param result the response for the partition.
     * @param error NONE if the offset was found or there is none.
     */
    void end(final ListOffsetsPartitionResponse result, final ErrorCode error) {
        result.setErrorCode(error.code());
        if (request.version() < FIRST_VERSION_WITH_LEADER_EPOCH) {
            result.setLeaderEpoch(-1);
        }
    }

    /** Responds, or waits for a turn. */
    void finish() {
        if (waiting.isEmpty()) {
            request.respond(response);
        } else if (finder.isPaused() && turns.hold(this)) {
            turns.awaitNext(this::takeTurn);
        } else {
            finder.abandon();
            turns.await(this::takeTurn);
        }
    }

    private void takeTurn() {
        isTurn = true;
        turnBytesLeft = Turns.TURN_BYTES;
        boolean isKept = false;
        try {
            if (!request.session().isGone()) {
                while (!waiting.isEmpty() && proceed(waiting.peek())) {
                    waiting.remove();
                    turns.release(this);
                }
                finish();
                isKept = !waiting.isEmpty();
            }
        } catch (final Throwable e) {
            request.fail(e);
        } finally {
            if (!isKept) {
                finder.abandon();
                turns.release(this);
            }
        }
    }

    /** Begins or continues a search; returns false if it needs another turn. */
    private boolean proceed(final Search search) {
        isDone = true;
        ErrorCode error;
        try {
            error = search.partition.readAsLeader(
                    search.wanted.currentLeaderEpoch(), (log, leaderEpoch) -> read(search, log, leaderEpoch));
        } catch (final MalformedMessageException e) {
            // A record is larger than the topic's current configuration allows, or corrupt.
            error = ErrorCode.INVALID_RECORD;
        }
        if (error != ErrorCode.NONE && finder != null) {
            finder.abandon();
        }
        if (isDone) {
            end(search.result, error);
        }
        return isDone;
    }

    private void read(final Search search, final PartitionLog log, final int leaderEpoch) {
        final long timestamp = search.wanted.timestamp();
        if (timestamp == LATEST) {
            search.result.setOffset(endOffset(log)).setLeaderEpoch(leaderEpoch);
        } else if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            final long start = log.logStartOffset();
            final int epoch = search.partition.leaderEpochs().epochAt(start);
            search.result.setOffset(start).setLeaderEpoch(epoch < 0 ? leaderEpoch : epoch);
        } else if (timestamp != LATEST_TIERED && timestamp != EARLIEST_PENDING_UPLOAD) {
            findByTime(search, log);
        }
    }

    private long endOffset(final PartitionLog log) {
        return replicaId < 0 ? log.highWatermark() : log.logEndOffset();
    }

    private void findByTime(final Search search, final PartitionLog log) {
        if (finder == null) {
            finder = new OffsetFinder();
        }
        final long bytesLeft = isTurn ? turnBytesLeft : turns.bytesLeft(request.session());
        if (bytesLeft <= 0) {
            isDone = false;
            return;
        }
        finder.budget(bytesLeft);
        final boolean isFound = seek(search, log);
        if (isTurn) {
            turnBytesLeft -= finder.spentBytes();
        } else {
            request.session().decompressed(finder.spentBytes());
        }
        isDone = !finder.isPaused();
        if (isFound) {
            search.result
                    .setTimestamp(finder.timestampMs())
                    .setOffset(finder.offset())
                    .setLeaderEpoch(finder.leaderEpoch());
        }
    }

    private boolean seek(final Search search, final PartitionLog log) {
        if (finder.isPaused()) {
            return finder.resume();
        }
        finder.recordBytesMax(search.partition.config().maxDecompressedMessageBytes());
        return search.wanted.timestamp() == MAX_TIMESTAMP
                ? finder.findMaxTimestamp(log, endOffset(log))
                : finder.find(log, search.wanted.timestamp(), endOffset(log));
    }
}
