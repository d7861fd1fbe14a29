package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Tests the messages about damaged small text files: they have the file's name and a remedy, and do not quote the file.
 * Apache Kafka names the file and prints the line that it cannot read.
 */
final class DamagedFilesTest extends LogFixture {
    private static final int ROUNDS = 100;
    private static final int FILE_BYTES_MAX = 300;

    private final Random random = new Random(42);

    private interface Damage {
        byte[] of(byte[] bytes);
    }

    private byte[] noise(final byte[] bytes) {
        final byte[] noise = new byte[random.nextInt(FILE_BYTES_MAX)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] spot(final byte[] bytes) {
        final byte[] damaged = bytes.clone();
        final int start = random.nextInt(damaged.length);
        for (int i = start; i < Math.min(damaged.length, start + 1 + random.nextInt(8)); i++) {
            damaged[i] = (byte) random.nextInt();
        }
        return damaged;
    }

    /** Opens the storage and the log, and returns all messages about it. */
    private String open(final boolean[] isOpen) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream former = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.ISO_8859_1));
        String refusal = "";
        storage = newStorage(Map.of());
        try {
            storage.open();
            open();
            isOpen[0] = true;
        } catch (final StorageException e) {
            refusal = e.getMessage() + "\n";
        } finally {
            System.setErr(former);
        }
        storage.close();
        return refusal + bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private void assertNamed(final Path file, final boolean mayRefuse) throws IOException {
        final byte[] whole = Files.readAllBytes(file);
        for (final Damage damage : new Damage[] {this::noise, this::spot}) {
            for (int round = 0; round < ROUNDS; round++) {
                final byte[] damaged = damage.of(whole);
                Files.write(file, damaged);
                final boolean[] isOpen = new boolean[1];

                final String said = open(isOpen);

                assertThat(said).matches("[\\n\\t -~]*");
                if (!isOpen[0]) {
                    assertThat(mayRefuse).as(said).isTrue();
                    // For a wrong id the message can only name the folder.
                    assertThat(said).contains(file.getParent().toString());
                }
                Files.write(file, whole);
            }
        }
    }

    @Test
    void shouldNameFormatPropertiesWhenDamaged() throws IOException {
        storage.close();
        final Path file = folder.resolve(MmapStorage.FORMAT_NAME);
        assertNamed(file, true);
        Files.write(file, new byte[] {(byte) 0xff, 0, 1, 2});

        assertThat(open(new boolean[1]))
                .contains(file + " is damaged", "Restore it", "storage=mmap", "format.version=1");
    }

    @Test
    void shouldNamePartitionMetadataWhenDamaged() throws IOException {
        append(open(), 8);
        storage.close();
        final Path file = logFolder().resolve(LogFolder.METADATA_NAME);
        assertNamed(file, true);
        Files.writeString(file, "topic_id: \u00ff\u0001");

        assertThat(open(new boolean[1])).contains(file + " is damaged", "Delete the file");
    }

    @Test
    void shouldNameCheckpointAndGoOnWhenDamaged() throws IOException {
        append(open(), 8);
        storage.close();
        final Path file = logFolder().resolve(LogCheckpoint.NAME);
        // This broker must not change the files of a later version.
        assertNamed(file, true);
        Files.writeString(file, Files.readString(file).replace("clean.end.offset=8", "clean.end.offset=\u00ff\u0001"));

        final boolean[] isOpen = new boolean[1];
        open(isOpen);
        assertThat(isOpen[0]).isTrue();
    }

    @Test
    void shouldNameMarkOfCompactionAndGoOnWhenDamaged() throws IOException {
        append(open(), 8);
        storage.close();
        CompactedMark.write(logFolder(), 3);
        assertNamed(logFolder().resolve(CompactedMark.NAME), true);
    }
}
