package io.ottla.storage.chronicle;

import io.ottla.api.storage.StorageProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.storage.mmap.MmapStorageProvider;
import io.ottla.testkit.StorageSequenceContract;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/**
 * Tests that the same steps result in the same log in memory, in files and in files that Chronicle Bytes maps. Each two
 * of the three are compared after every step of the same sequences.
 */
final class SameLogTest {
    private static final long SEED = Long.getLong(StorageSequenceContract.SEED_PROPERTY, new Random().nextLong());

    /** A small number: the storages' own tests run more, each against the one in memory. */
    private static final int SEQUENCES = 4;

    private abstract static class Pair extends StorageSequenceContract {
        private final StorageProvider first;
        private final StorageProvider second;

        Pair(final StorageProvider first, final StorageProvider second) {
            this.first = first;
            this.second = second;
        }

        @Override
        protected final StorageProvider provider() {
            return first;
        }

        @Override
        protected final StorageProvider oracle() {
            return second;
        }

        @Override
        protected final long firstSeed() {
            return SEED;
        }

        @Override
        protected final int sequenceCount() {
            return Integer.getInteger(COUNT_PROPERTY, SEQUENCES);
        }
    }

    @Nested
    final class ChronicleAndMemory extends Pair {
        ChronicleAndMemory() {
            super(new ChronicleStorageProvider(), new MemoryStorageProvider());
        }
    }

    @Nested
    final class MmapAndMemory extends Pair {
        MmapAndMemory() {
            super(new MmapStorageProvider(), new MemoryStorageProvider());
        }
    }

    @Nested
    final class ChronicleAndMmap extends Pair {
        ChronicleAndMmap() {
            super(new ChronicleStorageProvider(), new MmapStorageProvider());
        }
    }
}
