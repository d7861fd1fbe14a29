package io.ottla.cli.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Compares an index's entries with the batches, in the order of both. It reports the first mismatch. */
abstract class IndexCheck {
    final ByteBuffer entries;
    private final Path file;
    private final int entryBytes;
    private final int entryCount;
    private int next;
    private String complaint;

    IndexCheck(final Path file, final int entryBytes) throws IOException {
        this.file = file;
        this.entryBytes = entryBytes;
        ByteBuffer contents = null;
        try {
            contents = ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (final NoSuchFileException e) {
            // A small active segment has no index.
        }
        entries = contents;
        int count = 0;
        if (contents != null) {
            // An index that is not sealed has zeros after its entries.
            count = contents.limit() / entryBytes;
            while (count > 0 && isZero(count - 1)) {
                count--;
            }
            if (contents.limit() % entryBytes != 0) {
                complain("its size, " + contents.limit() + " bytes, is not a number of entries of " + entryBytes);
            }
        }
        entryCount = count;
    }

    private boolean isZero(final int entry) {
        for (int i = 0; i < entryBytes; i++) {
            if (entries.get(entry * entryBytes + i) != 0) {
                return false;
            }
        }
        return true;
    }

    final boolean isPresent() {
        return entries != null;
    }

    final String name() {
        return file.getFileName().toString();
    }

    final int entryCount() {
        return entryCount;
    }

    final long unusedBytes() {
        return entries.limit() - (long) entryCount * entryBytes;
    }

    /** Returns whether there are entries that were not matched yet. */
    final boolean hasNext() {
        return next < entryCount;
    }

    final int nextPosition() {
        return next * entryBytes;
    }

    final int nextNumber() {
        return next;
    }

    final void skip() {
        next++;
    }

    final void complain(final String what) {
        if (complaint == null) {
            complaint = name() + ": " + what;
        }
    }

    /** Returns the first mismatch, or null, after all batches. */
    final String finish() {
        if (hasNext()) {
            complain("entry " + next + " is past the last batch");
        }
        return complaint;
    }
}
