package io.ottla.storage.chronicle;

import io.ottla.api.storage.StorageProvider;
import io.ottla.storage.memory.MemoryStorageProvider;
import io.ottla.testkit.StorageSequenceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

final class ChronicleStorageSequenceTest extends StorageSequenceContract {
    @Override
    protected StorageProvider provider() {
        return new ChronicleStorageProvider();
    }

    @Override
    protected StorageProvider oracle() {
        return new MemoryStorageProvider();
    }

    // region: damage
    /** Adds bytes after a segment's end and incomplete files, which a killed process may leave. */
    @Override
    protected void damage(final Path crashed, final Random random) throws IOException {
        try (Stream<Path> files = Files.walk(crashed)) {
            final List<Path> segments =
                    files.filter(file -> file.toString().endsWith(".segment")).toList();
            for (final Path segment : segments) {
                final byte[] garbage = new byte[random.nextInt(300)];
                random.nextBytes(garbage);
                Files.write(segment, garbage, StandardOpenOption.APPEND);
                Files.write(segment.resolveSibling("log.properties.tmp"), garbage);
            }
        }
    }
    // endregion
}
