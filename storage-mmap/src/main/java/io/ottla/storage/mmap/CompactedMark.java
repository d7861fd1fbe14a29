package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Stores the offset up to which a log may have gaps because segments were rewritten, in the file {@value #NAME} of its
 * folder. It is on the device before the first of these segments is visible. Gaps past it were left by a power failure.
 *
 * <p>A log without the file was never rewritten.
 */
final class CompactedMark {
    static final String NAME = "log.compacted";

    /** Offsets may be missing anywhere, as in a log of an earlier release that did not write the mark. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final String OFFSET_KEY = "compacted.offset";

    private CompactedMark() {}

    /**
     * Reads a log's mark.
     *
     * @return the offset after the last one that may be missing: 0 if there is no mark, {@link #UNKNOWN} if it cannot
     *     be read.
     */
    static long read(final Path folder) throws IOException {
        return CheckedLines.read(folder.resolve(NAME), lines -> lines.number(OFFSET_KEY), 0L, UNKNOWN);
    }

    /** Writes a log's mark, durably. */
    static void write(final Path folder, final long offset) throws IOException {
        final StringBuilder text = CheckedLines.begin();
        PropertyLines.append(text, OFFSET_KEY, offset);
        CheckedLines.write(folder.resolve(NAME), text, true);
    }

    /**
     * Marks a log durably as unknown, unless it has a mark. An empty file is enough, since only its name must be
     * durable.
     */
    static void writeUnknown(final Path folder) throws IOException {
        final Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        LogFiles.forceFolder(folder);
    }
}
