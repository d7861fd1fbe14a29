package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Damages the files of hostile clients' topics while the broker is down, and adds foreign files, folders and links to
 * its data folder, which must still be there afterwards. Used by one thread.
 */
final class DamagedFiles {
    private static final int DAMAGES = 20;
    private static final int BYTES_MAX = 200;
    private static final String WITHIN = "kept";

    /** Names of links: the last is one that the broker itself gives to a folder that is to be deleted. */
    private static final List<String> LINKS =
            List.of("x.deleted", "link", "old.tmp", "0b5ae0a1-93f4-4c1e-8a57-0d5f7b6b2f01-7.deleted");

    private final Path data;
    private final Path outside;
    private final SplittableRandom random;
    private final Map<Path, String> foreign = new TreeMap<>();
    private int damages;

    /**
     * Prepares to damage.
     *
     * @param data    the broker's data folder.
     * @param outside a folder to which links may lead.
     * @param seed    decides what is damaged.
     */
    DamagedFiles(final Path data, final Path outside, final long seed) {
        this.data = data;
        this.outside = outside;
        random = new SplittableRandom(seed);
    }

    int damages() {
        return damages;
    }

    /**
     * Puts foreign files, folders and links into the data folder.
     *
     * @throws IOException if they can't be made.
     */
    void addForeign() throws IOException {
        write(data.resolve("README.txt"));
        write(data.resolve("notes.deleted"));
        write(Files.createDirectories(data.resolve("backup.deleted")).resolve(WITHIN));
        write(Files.createDirectories(data.resolve("lost+found")).resolve(WITHIN));
        for (final String link : LINKS) {
            final Path to = Files.createDirectories(outside.resolve(link));
            write(to.resolve(WITHIN));
            write(to.resolve("00000000000000000000.log"));
            Files.createSymbolicLink(data.resolve(link), to);
            foreign.put(data.resolve(link).resolve(WITHIN), link);
        }
    }

    private void write(final Path file) throws IOException {
        final String text = "not the broker's: " + file.getFileName();
        Files.writeString(file, text);
        foreign.put(file, text);
    }

    /**
     * Checks that all foreign files are still there.
     *
     * @return what is not, or null.
     * @throws IOException if something can't be read.
     */
    String missing() throws IOException {
        for (final Map.Entry<Path, String> entry : foreign.entrySet()) {
            if (!Files.exists(entry.getKey())) {
                return entry.getKey() + " is gone";
            }
            if (!Files.isSymbolicLink(entry.getKey().getParent())
                    && !Files.readString(entry.getKey()).equals(entry.getValue())) {
                return entry.getKey() + " was changed";
            }
        }
        return null;
    }

    /**
     * Damages some files of hostile clients' topics: mostly data derived from the records, now and then records.
     *
     * @throws IOException if they can't be changed.
     */
    void damage() throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.walk(data, 2)) {
            files = all.filter(file -> file.getParent().getFileName().toString().startsWith(HostileNames.PREFIX)
                            && Files.isRegularFile(file)
                            && !file.toString().endsWith("partition.metadata"))
                    .sorted()
                    .toList();
        }
        for (int left = files.isEmpty() ? 0 : DAMAGES; left > 0; left--) {
            final Path file = files.get(random.nextInt(files.size()));
            if (Files.exists(file) && (!file.toString().endsWith(".log") || random.nextInt(4) == 0)) {
                damage(file);
                damages++;
            }
        }
    }

    private void damage(final Path file) throws IOException {
        if (random.nextInt(8) == 0) {
            Files.delete(file);
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            final long size = channel.size();
            final byte[] bytes = new byte[random.nextInt(1, BYTES_MAX)];
            switch (random.nextInt(4)) {
                case 0 -> channel.truncate(random.nextLong(size + 1));
                case 1 -> channel.write(ByteBuffer.wrap(bytes), random.nextLong(size + 1));
                default -> {
                    random.nextBytes(bytes);
                    channel.write(ByteBuffer.wrap(bytes), random.nextInt(4) == 0 ? size : random.nextLong(size + 1));
                }
            }
        }
    }
}
