package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A snapshot of the threads and, on Linux, of the open files and sockets of this process, to check later that there are
 * no more of them.
 *
 * <p><b>Note:</b> covers the whole process, so no other test may run at the same time.
 */
public final class ResourceSnapshot {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final String CLASSES = ".jar";
    private static final long PAUSE_NS = 1_000_000;
    private static final long PATIENCE_NS = 30_000_000_000L;

    private final Set<Thread> threads;
    private final List<String> files;

    private ResourceSnapshot(final Set<Thread> threads, final List<String> files) {
        this.threads = threads;
        this.files = files;
    }

    /**
     * Takes a snapshot.
     *
     * @return a snapshot.
     */
    public static ResourceSnapshot take() {
        // The first use of sockets makes the JDK open some of its own, permanently.
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ResourceSnapshot(Thread.getAllStackTraces().keySet(), openFiles());
    }

    /**
     * Asserts that there are no threads, files or sockets now that were not in this snapshot. Waits a little for those
     * that are about to end.
     */
    public void assertNothingLeaked() {
        assertNothingLeaked(PATIENCE_NS);
    }

    void assertNothingLeaked(final long patienceNs) {
        final long startNs = System.nanoTime();
        while ((!newThreads().isEmpty() || !newFiles().isEmpty()) && System.nanoTime() - startNs < patienceNs) {
            LockSupport.parkNanos(PAUSE_NS);
        }
        assertThat(newThreads()).as("leaked threads").isEmpty();
        assertThat(newFiles()).as("leaked files and sockets").isEmpty();
    }

    private List<String> newThreads() {
        final Set<String> names = new TreeSet<>();
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            final ThreadGroup group = thread.getThreadGroup();
            // The virtual machine starts and ends its own threads at any time.
            final boolean ours = group != null
                    && !group.getName().equals("system")
                    && !group.getName().equals("InnocuousThreadGroup");
            if (ours && !threads.contains(thread)) {
                names.add(thread.getName());
            }
        }
        return List.copyOf(names);
    }

    private List<String> newFiles() {
        final List<String> now = openFiles();
        files.forEach(now::remove);
        return now;
    }

    private static List<String> openFiles() {
        final List<String> targets = new ArrayList<>();
        if (!Files.isDirectory(OPEN_FILES)) {
            return targets;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(OPEN_FILES)) {
            for (final Path entry : entries) {
                final String target = target(entry);
                // Classes are loaded at any time.
                if (!target.endsWith(CLASSES)) {
                    targets.add(target);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return targets;
    }

    private static String target(final Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (final IOException e) {
            // It was closed since it was listed, or is the listing itself.
            return CLASSES;
        }
    }
}
