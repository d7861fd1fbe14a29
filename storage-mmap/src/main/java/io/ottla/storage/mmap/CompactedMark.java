package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Up to where offsets may be missing in a log, because segments were rewritten, in the file {@value #NAME} of its folder. It is on the
 * device before the first of these segments can be seen. Behind it, offsets that are missing are the traces of a loss of power.
 *
 * <p>A log without the file was never rewritten.
 */
final class CompactedMark {
    static final String NAME = "log.compacted";

    /** Offsets may be missing anywhere, as in a log of which an earlier release did not write this down. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final String OFFSET_KEY = "compacted.offset";

    private CompactedMark() {}

    /**
     * Reads a log's mark.
     *
     * @return the offset behind the last one that may be missing: 0 if there is no mark, {@link #UNKNOWN} if it can't be read.
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

    /** Says durably of a log that nothing is known, unless something is. An empty file does, of which only the name must last. */
    static void writeUnknown(final Path folder) throws IOException {
        final Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        LogFiles.forceFolder(folder);
    }
}
