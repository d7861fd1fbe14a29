package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionCheckpointTest {
    private static final LogId ID = new LogId(new UUID(1, 2), "topic", 3);

    @TempDir
    private Path folder;

    private CompactionCheckpoint written() {
        final CompactionCheckpoint checkpoint = new CompactionCheckpoint(folder);
        checkpoint.put(ID, 42, id -> true);
        return checkpoint;
    }

    private long read() {
        final CompactionCheckpoint checkpoint = new CompactionCheckpoint(folder);
        checkpoint.read();
        return checkpoint.get(ID);
    }

    @Test
    void shouldKnowTheOffsetWhenReadAgain() {
        written();
        assertThat(read()).isEqualTo(42);
    }

    @Test
    void shouldWriteNothingThroughALink() throws IOException {
        final Path outside = folder.resolve("outside");
        Files.writeString(outside, "mine");
        Files.createSymbolicLink(folder.resolve(CompactionCheckpoint.NAME + ".tmp"), outside);

        written();

        assertThat(outside).hasContent("mine");
        assertThat(read()).isEqualTo(42);
    }

    @Test
    void shouldNameTheFileAndNotItsContentsWhenDamaged() throws IOException {
        written();
        final Path file = folder.resolve(CompactionCheckpoint.NAME);
        Files.writeString(file, Files.readString(file).replace("42", "\u00ff\u0001"), StandardCharsets.ISO_8859_1);
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        final PrintStream former = System.err;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(read()).isZero();
        } finally {
            System.setErr(former);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(file + " is damaged")
                .matches("[\\n\\t -~]*");
    }
}
