package io.ottla.cli.dump;

import io.ottla.codec.record.RecordBatchReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Finds the files to print: those of a data folder, those of a log, or a single one. */
final class LogDump {
    static final String LOG_SUFFIX = ".log";
    static final String INDEX_SUFFIX = ".index";
    static final String TIME_INDEX_SUFFIX = ".timeindex";
    private static final String SNAPSHOT_SUFFIX = ".observer";
    private static final String CHECKPOINT_NAME = "log.checkpoint";
    private static final String COMPACTED_NAME = "log.compacted";
    private static final String COMPACTED_KEY = "compacted.offset";
    private static final String METADATA_NAME = "partition.metadata";
    private static final String TOPIC_ID_KEY = "topic_id";
    private static final int OFFSET_DIGITS = 20;
    private static final int SNAPSHOT_HEADER_BYTES = 16;
    private static final int SNAPSHOT_CRC_FIELD_OFFSET = 4;
    private static final int SNAPSHOT_OFFSET_FIELD_OFFSET = 8;

    private final DumpOutput output;
    private final DumpTotals totals;
    private final boolean isWithRecords;
    private final long offset;
    private final RecordBatchReader reader = new RecordBatchReader();

    /**
     * Creates a dump.
     *
     * @param output receives the dump.
     * @param totals receives the totals.
     * @param isWithRecords true to print records, too, and not only batches.
     * @param offset the offset of the only batch to print; -1 for all.
     */
    LogDump(final DumpOutput output, final DumpTotals totals, final boolean isWithRecords, final long offset) {
        this.output = output;
        this.totals = totals;
        this.isWithRecords = isWithRecords;
        this.offset = offset;
    }

    void dump(final Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            dumpFile(path);
            return;
        }
        if (isLog(path)) {
            dumpLog(path);
            return;
        }
        int found = 0;
        for (final Path folder : list(path)) {
            if (Files.isDirectory(folder) && isLog(folder)) {
                dumpLog(folder);
                found++;
            }
        }
        if (found == 0) {
            problem(path + ": neither a data folder nor a log's folder");
        }
    }

    private void problem(final String message) throws IOException {
        totals.problems++;
        output.problem(message);
    }

    private static List<Path> list(final Path folder) throws IOException {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(files::add);
        }
        Collections.sort(files);
        return files;
    }

    private static boolean isLog(final Path folder) throws IOException {
        if (Files.exists(folder.resolve(METADATA_NAME))) {
            return true;
        }
        for (final Path file : list(folder)) {
            if (offsetOf(file, LOG_SUFFIX) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the offset in a file's name; -1 if the name is not an offset with that suffix. */
    static long offsetOf(final Path file, final String suffix) {
        final String name = file.getFileName().toString();
        if (name.length() != OFFSET_DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, OFFSET_DIGITS, 10);
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    private void dumpLog(final Path folder) throws IOException {
        final List<Path> files = list(folder);
        final List<Path> segments = new ArrayList<>();
        for (final Path file : files) {
            if (offsetOf(file, LOG_SUFFIX) >= 0) {
                segments.add(file);
            }
        }
        totals.logs++;
        final Map<String, String> known = properties(folder.resolve(CHECKPOINT_NAME));
        final String compacted = properties(folder.resolve(COMPACTED_NAME)).get(COMPACTED_KEY);
        if (compacted != null) {
            known.put(COMPACTED_KEY, compacted);
        }
        output.beginLog(
                folder.toString(), properties(folder.resolve(METADATA_NAME)).get(TOPIC_ID_KEY), known);
        for (int i = 0; i < segments.size(); i++) {
            final long end = i + 1 < segments.size() ? offsetOf(segments.get(i + 1), LOG_SUFFIX) : Long.MAX_VALUE;
            if (offset < 0 || offset >= offsetOf(segments.get(i), LOG_SUFFIX) && offset < end) {
                dumpSegment(segments.get(i), i == segments.size() - 1);
            }
        }
        for (final Path file : files) {
            if (offset < 0 && offsetOf(file, SNAPSHOT_SUFFIX) >= 0) {
                dumpSnapshot(file);
            }
        }
        output.endLog();
    }

    private void dumpFile(final Path file) throws IOException {
        final Path folder = file.toAbsolutePath().getParent();
        final String name = file.getFileName().toString();
        if (offsetOf(file, SNAPSHOT_SUFFIX) >= 0) {
            dumpSnapshot(file);
            return;
        }
        final int dot = name.lastIndexOf('.');
        final Path log = folder.resolve((dot < 0 ? name : name.substring(0, dot)) + LOG_SUFFIX);
        final boolean isIndex = offsetOf(file, INDEX_SUFFIX) >= 0 || offsetOf(file, TIME_INDEX_SUFFIX) >= 0;
        if (!isIndex && offsetOf(file, LOG_SUFFIX) < 0) {
            problem(file + ": not a file of a log");
        } else if (isIndex && !Files.exists(log)) {
            problem(file + ": there is no segment " + log.getFileName() + " beside it");
        } else {
            // Only the last segment may end with an incomplete batch.
            boolean isLast = true;
            for (final Path other : list(folder)) {
                isLast &= offsetOf(other, LOG_SUFFIX) <= offsetOf(log, LOG_SUFFIX);
            }
            dumpSegment(log, isLast);
        }
    }

    private void dumpSegment(final Path file, final boolean isLast) throws IOException {
        totals.segments++;
        try {
            new SegmentDump(output, totals, reader, isWithRecords, offset, file, isLast).dump();
        } catch (final NoSuchFileException e) {
            // The broker may delete segments meanwhile.
            totals.segments--;
        }
    }

    private void dumpSnapshot(final Path file) throws IOException {
        final ByteBuffer contents;
        try {
            contents = ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (final NoSuchFileException e) {
            return;
        }
        final String name = file.getFileName().toString();
        if (contents.limit() < SNAPSHOT_HEADER_BYTES) {
            problem(name + ": " + contents.limit() + " bytes, less than its header");
            return;
        }
        final CRC32C crc = new CRC32C();
        crc.update(contents.slice(SNAPSHOT_OFFSET_FIELD_OFFSET, contents.limit() - SNAPSHOT_OFFSET_FIELD_OFFSET));
        final long snapshotOffset = contents.getLong(SNAPSHOT_OFFSET_FIELD_OFFSET);
        output.snapshot(name, contents.getInt(0), snapshotOffset, contents.limit() - SNAPSHOT_HEADER_BYTES);
        if ((int) crc.getValue() != contents.getInt(SNAPSHOT_CRC_FIELD_OFFSET)) {
            problem(name + ": the CRC is wrong");
        }
        if (snapshotOffset != offsetOf(file, SNAPSHOT_SUFFIX)) {
            problem(name + ": is of offset " + snapshotOffset);
        }
    }

    /** Reads lines of {@code key=value} or {@code key: value}. */
    private static Map<String, String> properties(final Path file) throws IOException {
        final Map<String, String> properties = new LinkedHashMap<>();
        final String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (final NoSuchFileException e) {
            return properties;
        }
        for (final String line : text.split("\n")) {
            final int equals = line.indexOf('=');
            final int separator = equals < 0 ? line.indexOf(':') : equals;
            if (separator > 0) {
                properties.put(
                        line.substring(0, separator),
                        line.substring(separator + 1).trim());
            }
        }
        return properties;
    }
}
