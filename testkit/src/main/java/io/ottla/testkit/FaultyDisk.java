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
 * A disk that fails when it is told to. It is a file system of its own over a folder of the default one: a storage that is given
 * {@link #root()} as its folder, and that uses {@code java.nio.file} and {@link java.nio.channels.FileChannel} for its files,
 * meets the faults without knowing of them.
 *
 * <p>Each operation is a step. A test runs once without a fault to learn how many {@link #steps()} there are, and then again
 * and again with one fault {@linkplain #failAt at one of the steps}.
 *
 * <p>The disk remembers what was forced to the device and what was not. {@link #afterPowerLoss} makes a folder with what a loss
 * of power may leave: of each file the pages that were forced, and of the others a random choice; of each folder the names
 * when it was last forced, and some of the later changes, in their order. That is less than real file systems promise, and as much
 * as POSIX does. What is written through a mapping counts as written and never as forced.
 *
 * <p><b>Note:</b> thread-safe. The contents of all forced files are kept in memory, so it's for small ones.
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
     * A disk without faults. What the folder holds already is on the device.
     *
     * @param folder a folder of the default file system, which exists; the files are in it.
     * @param seed decides how much of a short write is written, and what a loss of power leaves.
     * @throws IOException if the folder can't be read.
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
     * The disk's folder.
     *
     * @return a path of a file system that fails as this disk is told.
     */
    public Path root() {
        return fileSystem.wrap(folder);
    }

    /**
     * Arranges for a fault.
     *
     * @param step the first operation at or after this one, counted from 0, that can have the fault has it.
     * @param fault what is to happen.
     */
    public synchronized void failAt(final long step, final DiskFault fault) {
        faults.put(step, fault);
    }

    /**
     * Arranges for a look at the disk in the middle of what uses it, such as {@link #afterKill}.
     *
     * @param step the operation before which to look, counted from 0.
     * @param action is run once, by the thread of the operation.
     */
    public synchronized void beforeStep(final long step, final Runnable action) {
        actions.put(step, action);
    }

    /**
     * How many operations there were.
     *
     * @return a count.
     */
    public synchronized long steps() {
        return steps;
    }

    /**
     * How many faults there were.
     *
     * @return a count; writes to a full disk count once.
     */
    public synchronized long hits() {
        return hits;
    }

    /** Takes all room away: files can't grow, until {@link #makeRoom()}. */
    public synchronized void fill() {
        isFull = true;
    }

    /** Gives a full disk room again. */
    public synchronized void makeRoom() {
        isFull = false;
    }

    /**
     * Copies the files as they are now, which is what a process leaves that is killed.
     *
     * @param target a folder to make.
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
     * Makes what a loss of power at this moment may leave.
     *
     * @param target a folder to make.
     * @param keepsNothing true if nothing survives that was not forced, false for a random part of it.
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

    /** Each page is as it was forced, or as it was written last. So is the size. */
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

    /** The node of a path of the default file system; null if there is none. */
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

    // What the file system asks and tells.

    /** Counts a step, and says which fault it has; null for none. */
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

    /** All pages of the file will be new, so that a force that failed before matters no more. */
    synchronized void emptied(final Path path) {
        final DiskNode node = node(path);
        if (node != null) {
            node.isLost = false;
        }
    }

    /** To be told before it is done: the bytes are looked at once more. */
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

    /** To be told before it is done: the bytes of what is replaced are looked at once more. */
    synchronized void renaming(final Path from, final Path to) throws IOException {
        final DiskNode node = node(from);
        final DiskNode replaced = node(to);
        if (replaced != null) {
            keepLast(replaced);
        }
        node.parent.rename(node.name, node(to.getParent()), to.getFileName().toString());
    }

    /** A file that was opened, for {@link #forced}. It may lose its name meanwhile. */
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
