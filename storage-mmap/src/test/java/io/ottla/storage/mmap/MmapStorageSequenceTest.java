package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.StorageSequenceContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

final class MmapStorageSequenceTest extends StorageSequenceContract {
    @Override
    protected StorageProvider provider() {
        return new MmapStorageProvider();
    }

    @Override
    protected StorageProvider oracle() {
        return new MemoryStorageProvider();
    }

    @Override
    protected void damage(final Path crashed, final Random random) throws IOException {
        try (Stream<Path> folders = Files.list(crashed)) {
            for (final Path folder : folders.filter(Files::isDirectory).toList()) {
                damageLog(folder, random);
            }
        }
    }

    private static void damageLog(final Path folder, final Random random) throws IOException {
        final List<Path> segments = filesOf(folder, LogFiles.LOG_SUFFIX);
        if (!segments.isEmpty() && random.nextBoolean()) {
            Files.write(segments.getLast(), tail(random), StandardOpenOption.APPEND);
        }
        for (final String suffix : List.of(LogFiles.INDEX_SUFFIX, LogFiles.TIME_INDEX_SUFFIX)) {
            for (final Path index : filesOf(folder, suffix)) {
                damageIndex(index, random);
            }
        }
        if (random.nextInt(4) == 0) {
            for (final Path snapshot : filesOf(folder, LogFiles.SNAPSHOT_SUFFIX)) {
                Files.write(snapshot, new byte[random.nextInt(40)]);
            }
        }
        Files.write(folder.resolve(LogCheckpoint.NAME + LogFiles.TEMPORARY_SUFFIX), new byte[10]);
    }

    /** Returns the bytes that an incomplete append may have left. */
    private static byte[] tail(final Random random) {
        final byte[] tail;
        switch (random.nextInt(4)) {
            case 0 -> tail = new byte[random.nextInt(1, 200)];
            case 1 -> {
                tail = new byte[random.nextInt(1, 200)];
                random.nextBytes(tail);
            }
            case 2 -> {
                final ByteBuffer batch = new BatchBuilder().build();
                tail = new byte[random.nextInt(1, batch.limit())];
                batch.get(tail);
            }
            default -> {
                final ByteBuffer batch = new BatchBuilder().build();
                batch.putLong(0, Long.MAX_VALUE / 2);
                batch.put(batch.limit() - 1 - random.nextInt(100), (byte) 0);
                tail = batch.array();
            }
        }
        return tail;
    }

    private static void damageIndex(final Path index, final Random random) throws IOException {
        switch (random.nextInt(12)) {
            case 0 -> Files.delete(index);
            case 1 -> Files.write(index, new byte[(int) Files.size(index)]);
            default -> {
                // Most files are unchanged.
            }
        }
    }

    private static List<Path> filesOf(final Path folder, final String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
