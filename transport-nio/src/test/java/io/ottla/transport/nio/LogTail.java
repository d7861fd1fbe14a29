package io.ottla.transport.nio;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the lines that were logged since its creation; {@code simplelogger.properties} names the file. */
final class LogTail {
    private static final Path FILE = Path.of("target", "test.log");

    private final long start;

    LogTail() throws IOException {
        start = Files.exists(FILE) ? Files.size(FILE) : 0;
    }

    /** Returns the lines of some levels. */
    List<String> lines(final String... levels) throws IOException {
        final String all = Files.readString(FILE, UTF_8).substring((int) start);
        return all.lines()
                .filter(line -> List.of(levels).stream().anyMatch(level -> line.contains(" " + level + " ")))
                .toList();
    }
}
