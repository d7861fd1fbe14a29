package io.ottla.testkit;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A disk that fails on a test's request. It is a file system of its own over a directory of the default one. A storage
 * that has {@link #root()} as its directory, and uses {@code java.nio.file} and {@link java.nio.channels.FileChannel}
 * for its files, runs into the faults.
 *
 * <p>Each operation is a step. A test runs once without a fault to count the {@link #steps()}, and then once for each
 * step with one fault {@linkplain #failAt at that step}.
 *
 * <p>The disk keeps track of what was forced to the device. {@link #afterPowerLoss} creates a directory with what a
 * power failure may leave: the forced pages of each file, and a random choice of the others; the names of each
 * directory when it was last forced, and some of the later changes, in their order. That is less than real file systems
 * guarantee, and as much as POSIX does. Data written through a mapping counts as written and never as forced.
 *
 * <p><b>Note:</b> thread-safe. The contents of all forced files are kept in memory, so the files must be small.
 */
public final class FaultyDisk {
    static final int PAGE_BYTES = 4096;

    private final Path folder;
    private final Random random;
    private final FaultyFileSystem fileSystem;
    private final DiskNode top = new DiskNode(null, "", true);
    private final TreeMap<Long, DiskFault> faults = new TreeMap<>();
    private final Map<Long, Runnable> actions = new HashMap<>();
    private long steps;
    private long hits;
    private boolean isFull;

    /**
     * Creates a disk without faults. The existing contents of the directory are on the device.
     *
     * @param folder an existing directory of the default file system, which holds the files.
     * @param seed the seed of the choices: how much of a short write is written, and what a power failure leaves.
     * @throws IOException if the directory can't be read.
     */
    public FaultyDisk(final Path folder, final long seed) throws IOException {
        this.folder = folder.toAbsolutePath();
        random = new Random(seed);
        fileSystem = new FaultyFileSystem(this, this.folder.getFileSystem());
        try (Stream<Path> files = Files.walk(this.folder)) {
            for (final Path file : files.skip(1).toList()) {
                final DiskNode parent = node(file.getParent());
                final String name = file.getFileName().toString();
                final DiskNode node = new DiskNode(parent, name, Files.isDirectory(file));
                parent.names.put(name, node);
                parent.durableNames.put(name, node);
                if (!node.isFolder) {
                    node.durable = Files.readAllBytes(file);
                }
            }
        }
    }

    /**
     * Returns the disk's directory.
     *
     * @return a path of a file system with the faults of this disk.
     */
    public Path root() {
        return fileSystem.wrap(folder);
    }

    /**
     * Requests a fault.
     *
     * @param step the operation, counted from 0; the first one at or after it that can have the fault fails.
     * @param fault the fault.
     */
    public synchronized void failAt(final long step, final DiskFault fault) {
        faults.put(step, fault);
    }

    /**
     * Requests an action before an operation, such as {@link #afterKill}.
     *
     * @param step the operation, counted from 0.
     * @param action the action, which is run once, by the thread of the operation.
     */
    public synchronized void beforeStep(final long step, final Runnable action) {
        actions.put(step, action);
    }

    /**
     * Returns the number of operations.
     *
     * @return a count.
     */
    public synchronized long steps() {
        return steps;
    }

    /**
     * Returns the number of faults.
     *
     * @return a count; writes to a full disk count once.
     */
    public synchronized long hits() {
        return hits;
    }

    /** Fills the disk: files can't grow, until {@link #makeRoom()}. */
    public synchronized void fill() {
        isFull = true;
    }

    /** Frees space on a full disk. */
    public synchronized void makeRoom() {
        isFull = false;
    }

    /**
     * Copies the current files, which are what a killed process leaves.
     *
     * @param target the directory to create.
     * @return the target.
     * @throws IOException if that fails.
     */
    public synchronized Path afterKill(final Path target) throws IOException {
        copyNow(top, target);
        return target;
    }

    private void copyNow(final DiskNode node, final Path target) throws IOException {
        Files.createDirectory(target);
        for (final Map.Entry<String, DiskNode> child : node.names.entrySet()) {
            if (child.getValue().isFolder) {
                copyNow(child.getValue(), target.resolve(child.getKey()));
            } else {
                Files.write(target.resolve(child.getKey()), contents(child.getValue()));
            }
        }
    }

    /**
     * Creates the files that a power failure at this moment may leave.
     *
     * @param target the directory to create.
     * @param keepsNothing true if only forced data survives, false if a random part of the rest does too.
     * @return the target.
     * @throws IOException if that fails.
     */
    public synchronized Path afterPowerLoss(final Path target, final boolean keepsNothing) throws IOException {
        copySurvivors(top, target, keepsNothing);
        return target;
    }

    private void copySurvivors(final DiskNode node, final Path target, final boolean keepsNothing) throws IOException {
        Files.createDirectory(target);
        final int changes = keepsNothing ? 0 : random.nextInt(node.changes.size() + 1);
        for (final Map.Entry<String, DiskNode> child : new TreeMap<>(node.surviving(changes)).entrySet()) {
            if (child.getValue().isFolder) {
                copySurvivors(child.getValue(), target.resolve(child.getKey()), keepsNothing);
            } else {
                final byte[] bytes = keepsNothing
                        ? child.getValue().durable
                        : mixed(child.getValue().durable, contents(child.getValue()));
                Files.write(target.resolve(child.getKey()), bytes);
            }
        }
    }

    /** Returns a mix of the two contents: each page is as last forced or as last written, and so is the size. */
    private byte[] mixed(final byte[] forced, final byte[] written) {
        final int sizeBytes = random.nextBoolean() ? forced.length : written.length;
        final byte[] result = new byte[sizeBytes];
        for (int start = 0; start < sizeBytes; start += PAGE_BYTES) {
            final byte[] source = random.nextBoolean() ? forced : written;
            final int length = Math.min(PAGE_BYTES, Math.min(sizeBytes, source.length) - start);
            if (length > 0) {
                System.arraycopy(source, start, result, start, length);
            }
        }
        return result;
    }

    private byte[] contents(final DiskNode node) throws IOException {
        return node.last != null ? node.last : Files.readAllBytes(pathOf(node));
    }

    private Path pathOf(final DiskNode node) {
        return node.parent == null ? folder : pathOf(node.parent).resolve(node.name);
    }

    /** Returns the node of a path of the default file system; null if there is none. */
    private DiskNode node(final Path path) {
        final Path absolute = path.toAbsolutePath().normalize();
        if (!absolute.startsWith(folder)) {
            return null;
        }
        DiskNode node = top;
        if (!absolute.equals(folder)) {
            for (final Path name : folder.relativize(absolute)) {
                node = node.names.get(name.toString());
                if (node == null) {
                    return null;
                }
            }
        }
        return node;
    }

    // The calls of the file system.

    /** Counts a step, and returns its fault, or null. */
    synchronized DiskFault step(final DiskOperation operation) {
        final long step = steps++;
        final Runnable action = actions.remove(step);
        if (action != null) {
            action.run();
        }
        for (final Map.Entry<Long, DiskFault> due :
                List.copyOf(faults.headMap(step, true).entrySet())) {
            if (due.getValue().isOf(operation)) {
                faults.remove(due.getKey());
                hits++;
                if (due.getValue() == DiskFault.NO_SPACE) {
                    isFull = true;
                }
                return due.getValue();
            }
        }
        return null;
    }

    /** Counts an operation on names, which may fail. */
    void checkName(final Path path) throws IOException {
        check(path, DiskOperation.NAME);
    }

    /** Counts an operation that takes a descriptor, which may fail. */
    void checkOpen(final Path path) throws IOException {
        check(path, DiskOperation.OPEN);
    }

    private void check(final Path path, final DiskOperation operation) throws IOException {
        final DiskFault fault = step(operation);
        if (fault != null) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    fault == DiskFault.TOO_MANY_FILES ? "Too many open files" : "Input/output error");
        }
    }

    synchronized boolean isFull() {
        return isFull;
    }

    synchronized int random(final int bound) {
        return random.nextInt(bound);
    }

    synchronized void created(final Path path, final boolean isFolder) {
        final DiskNode parent = node(path.getParent());
        final String name = path.getFileName().toString();
        if (parent != null && !parent.names.containsKey(name)) {
            parent.link(name, new DiskNode(parent, name, isFolder));
        }
    }

    /**
     * Notes that the file was truncated to zero. All its pages will be new, so an earlier failed force has no effect.
     */
    synchronized void emptied(final Path path) {
        final DiskNode node = node(path);
        if (node != null) {
            node.isLost = false;
        }
    }

    /** Notes that a file is about to be deleted, and reads its bytes once more. */
    synchronized void deleting(final Path path) throws IOException {
        final DiskNode node = node(path);
        if (node != null) {
            keepLast(node);
            node.parent.unlink(node.name);
        }
    }

    private void keepLast(final DiskNode node) throws IOException {
        if (!node.isFolder) {
            node.last = Files.readAllBytes(pathOf(node));
        }
    }

    /** Notes that a file is about to be renamed, and reads the bytes of the replaced file once more. */
    synchronized void renaming(final Path from, final Path to) throws IOException {
        final DiskNode node = node(from);
        final DiskNode replaced = node(to);
        if (replaced != null) {
            keepLast(replaced);
        }
        node.parent.rename(node.name, node(to.getParent()), to.getFileName().toString());
    }

    /** Returns the file that was opened, for {@link #forced}. It may lose its name meanwhile. */
    synchronized Object opened(final Path path) {
        return node(path);
    }

    synchronized void forced(final Object opened) throws IOException {
        final DiskNode node = (DiskNode) opened;
        if (node == null || node.isLost) {
            return;
        }
        if (node.isFolder) {
            node.sync();
        } else {
            node.durable = contents(node);
        }
    }

    synchronized void lost(final Object opened) {
        final DiskNode node = (DiskNode) opened;
        if (node != null && !node.isFolder) {
            node.isLost = true;
        }
    }
}
