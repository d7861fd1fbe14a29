package io.ottla.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.server.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionStateTest {
    private final PartitionState state = new PartitionState();

    private static ByteBuffer batch(
            final long baseOffset, final int leaderEpoch, final long producerId, final int epoch, final int sequence) {
        final ByteBuffer batch =
                producerId < 0 ? Batches.of("a", "b") : Batches.idempotent(producerId, epoch, sequence, "a", "b");
        RecordBatchHeader.assign(batch, 0, baseOffset, leaderEpoch);
        return batch;
    }

    @Test
    void shouldBeTheSameFromAnySnapshotAndTheBatchesAfterIt() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<ByteBuffer> batches = new ArrayList<>();
        final List<ByteBuffer> snapshots = new ArrayList<>();
        final int[] sequences = new int[6];
        snapshots.add(state.snapshot());
        for (int i = 0; i < 200; i++) {
            final int producer = random.nextInt(sequences.length);
            final ByteBuffer batch = batch(i * 2L, i / 40, producer - 1, i / 100, sequences[producer]);
            sequences[producer] += 2;
            batches.add(batch);
            state.onBatch(batch.duplicate());
            snapshots.add(state.snapshot());
        }
        for (int i = 0; i <= batches.size(); i++) {
            final PartitionState restored = new PartitionState();
            restored.restore(snapshots.get(i));
            assertThat(restored.snapshot()).as("seed %d", seed).isEqualTo(snapshots.get(i));
            for (final ByteBuffer batch : batches.subList(i, batches.size())) {
                restored.onBatch(batch.duplicate());
            }
            assertThat(restored.snapshot()).as("seed %d snapshot %d", seed, i).isEqualTo(snapshots.getLast());
        }
    }

    @Test
    void shouldForgetWhatWasCutOff() {
        state.onBatch(batch(0, 0, 7, 0, 0));
        final ByteBuffer snapshot = state.snapshot();
        state.onBatch(batch(2, 1, 7, 0, 2));

        state.restore(snapshot);

        assertThat(state.check(batch(0, 0, 7, 0, 2))).isEqualTo(ErrorCode.NONE);
        assertThat(state.leaderEpochs().epochAt(2)).isZero();
        state.restore(null);
        assertThat(state.check(batch(0, 0, 7, 0, 55))).isEqualTo(ErrorCode.NONE);
        assertThat(state.producerCount()).isZero();
    }

    @Test
    void shouldRefuseASnapshotOfAnotherVersion() {
        assertThatThrownBy(() -> state.restore(ByteBuffer.wrap(new byte[] {99, 0, 0})))
                .hasMessageContaining("version 99");
    }

    @Test
    void shouldFindWhereEpochsEnd() {
        state.onBatch(batch(0, 0, -1, 0, 0));
        state.onBatch(batch(2, 0, -1, 0, 0));
        state.onBatch(batch(4, 2, -1, 0, 0));
        state.onBatch(batch(6, 5, -1, 0, 0));
        final LeaderEpochs epochs = state.leaderEpochs();

        assertThat(epochs.endOf(0, 7, 8)).isEqualTo(new LeaderEpochs.Entry(0, 4));
        assertThat(epochs.endOf(1, 7, 8)).isEqualTo(new LeaderEpochs.Entry(0, 4));
        assertThat(epochs.endOf(2, 7, 8)).isEqualTo(new LeaderEpochs.Entry(2, 6));
        assertThat(epochs.endOf(4, 7, 8)).isEqualTo(new LeaderEpochs.Entry(2, 6));
        assertThat(epochs.endOf(5, 7, 8)).isEqualTo(new LeaderEpochs.Entry(5, 8));
        assertThat(epochs.endOf(6, 7, 8)).isEqualTo(new LeaderEpochs.Entry(5, 8));
        assertThat(epochs.endOf(7, 7, 8)).isEqualTo(new LeaderEpochs.Entry(7, 8));
        assertThat(epochs.endOf(8, 7, 8)).isEqualTo(new LeaderEpochs.Entry(-1, -1));
        assertThat(epochs.endOf(-1, 7, 8)).isEqualTo(new LeaderEpochs.Entry(-1, -1));
        assertThat(epochs.epochAt(3)).isZero();
        assertThat(epochs.epochAt(4)).isEqualTo(2);
        assertThat(epochs.epochAt(100)).isEqualTo(5);
    }

    @Test
    void shouldCountSequencesBeyondTheLargestInteger() {
        assertThat(Sequences.plus(Integer.MAX_VALUE, 1)).isZero();
        assertThat(Sequences.plus(Integer.MAX_VALUE - 1, 3)).isEqualTo(1);
        assertThat(Sequences.plus(5, 3)).isEqualTo(8);
        assertThat(Sequences.minus(0, 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Sequences.minus(1, 3)).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(Sequences.minus(8, 3)).isEqualTo(5);
        assertThat(Sequences.follows(0, Integer.MAX_VALUE)).isTrue();
    }
}
