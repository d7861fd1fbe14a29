package io.ottla.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
    @TempDir
    private Path folder;

    @Test
    void shouldHoldAddressAndProcessWhenPublished() throws IOException {
        final Path file = folder.resolve("ready");
        final ReadyFile readyFile = new ReadyFile(file, 4711);

        readyFile.prepare();
        readyFile.publish("127.0.0.1:9092");

        assertThat(file).hasContent("bootstrap.servers=127.0.0.1:9092\npid=4711\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void shouldNotBeThereWhenOnlyPrepared() throws IOException {
        final Path file = folder.resolve("ready");
        for (final String former : new String[] {"bootstrap.servers=127.0.0.1:9092\npid=1\n", ""}) {
            Files.writeString(file, former);

            new ReadyFile(file, 4711).prepare();

            assertThat(file).doesNotExist();
        }
    }

    @Test
    void shouldLeaveAloneWhatIsNoReadyFile() throws IOException {
        final Path mine = folder.resolve("notes.txt");
        Files.writeString(mine, "mine");
        final Path link = folder.resolve("link");
        Files.createSymbolicLink(link, mine);
        final Path directory = Files.createDirectory(folder.resolve("directory"));

        for (final Path file : new Path[] {mine, link, directory}) {
            final ReadyFile readyFile = new ReadyFile(file, 4711);
            assertThatThrownBy(readyFile::prepare)
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContainingAll(file.toString(), "not a ready file");
            readyFile.remove();
        }

        assertThat(mine).hasContent("mine");
        assertThat(link).isSymbolicLink();
        assertThat(directory).isDirectory();
    }

    @Test
    void shouldLeaveNothingWhenRemoved() throws IOException {
        final ReadyFile published = new ReadyFile(folder.resolve("one"), 4711);
        published.prepare();
        published.publish("127.0.0.1:9092");
        final ReadyFile prepared = new ReadyFile(folder.resolve("two"), 4711);
        prepared.prepare();

        published.remove();
        prepared.remove();
        prepared.remove();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldFailEarlyWhenTheFolderIsNotThere() {
        final ReadyFile readyFile = new ReadyFile(folder.resolve("none").resolve("ready"), 4711);

        assertThatThrownBy(readyFile::prepare).isInstanceOf(NoSuchFileException.class);
        readyFile.remove();
    }
}
