package io.ottla.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Forwards all operations to the default file system, and fails those with a fault of the {@link FaultyDisk}. */
final class FaultyFileSystemProvider extends FileSystemProvider {
    private final FaultyFileSystem fileSystem;
    private final FaultyDisk disk;
    private final FileSystemProvider real;

    FaultyFileSystemProvider(final FaultyFileSystem fileSystem, final FaultyDisk disk, final FileSystemProvider real) {
        this.fileSystem = fileSystem;
        this.disk = disk;
        this.real = real;
    }

    private static Path real(final Path path) {
        return FaultyPath.realOf(path);
    }

    @Override
    public String getScheme() {
        return "ottla-faulty";
    }

    @Override
    public FileSystem newFileSystem(final URI uri, final Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(final URI uri) {
        return fileSystem;
    }

    @Override
    public Path getPath(final URI uri) {
        return fileSystem.wrap(Path.of(uri));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            final Path path, final Set<? extends OpenOption> options, final FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(
            final Path path, final Set<? extends OpenOption> options, final FileAttribute<?>... attributes)
            throws IOException {
        disk.checkOpen(path);
        final Path file = real(path);
        // The disk is the lock, so that the file and its node change together.
        synchronized (disk) {
            final boolean isNew =
                    options.contains(StandardOpenOption.CREATE) || options.contains(StandardOpenOption.CREATE_NEW);
            final FileChannel channel = real.newFileChannel(file, options, attributes);
            if (isNew) {
                disk.created(file, false);
            }
            if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
                disk.emptied(file);
            }
            return new FaultyChannel(disk, disk.opened(file), path, channel);
        }
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
            final Path folder, final DirectoryStream.Filter<? super Path> filter) throws IOException {
        disk.checkOpen(folder);
        final DirectoryStream<Path> names =
                real.newDirectoryStream(real(folder), each -> filter.accept(fileSystem.wrap(each)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                final Iterator<Path> iterator = names.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return iterator.hasNext();
                    }

                    @Override
                    public Path next() {
                        return fileSystem.wrap(iterator.next());
                    }
                };
            }

            @Override
            public void close() throws IOException {
                names.close();
            }
        };
    }

    @Override
    public void createDirectory(final Path folder, final FileAttribute<?>... attributes) throws IOException {
        disk.checkName(folder);
        synchronized (disk) {
            real.createDirectory(real(folder), attributes);
            disk.created(real(folder), true);
        }
    }

    @Override
    public void delete(final Path path) throws IOException {
        disk.checkName(path);
        final Path file = real(path);
        synchronized (disk) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(path.toString());
            }
            if (Files.isDirectory(file)) {
                real.delete(file);
                disk.deleting(file);
            } else {
                disk.deleting(file);
                real.delete(file);
            }
        }
    }

    @Override
    public void copy(final Path source, final Path target, final CopyOption... options) throws IOException {
        disk.checkName(target);
        synchronized (disk) {
            real.copy(real(source), real(target), options);
            disk.created(real(target), Files.isDirectory(real(target)));
        }
    }

    @Override
    public void move(final Path source, final Path target, final CopyOption... options) throws IOException {
        disk.checkName(target);
        final Path from = real(source);
        final Path to = real(target);
        synchronized (disk) {
            if (!Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(source.toString());
            }
            final Set<CopyOption> all = Set.of(options);
            final boolean mayReplace =
                    all.contains(StandardCopyOption.REPLACE_EXISTING) || all.contains(StandardCopyOption.ATOMIC_MOVE);
            if (Files.exists(to) && (!mayReplace || Files.isDirectory(to))) {
                throw new java.nio.file.FileAlreadyExistsException(target.toString());
            }
            disk.renaming(from, to);
            real.move(from, to, options);
        }
    }

    @Override
    public boolean isSameFile(final Path path, final Path other) throws IOException {
        return real.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(final Path path) throws IOException {
        return real.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(final Path path) throws IOException {
        return real.getFileStore(real(path));
    }

    @Override
    public void checkAccess(final Path path, final AccessMode... modes) throws IOException {
        real.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
            final Path path, final Class<V> type, final LinkOption... options) {
        return real.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
            final Path path, final Class<A> type, final LinkOption... options) throws IOException {
        return real.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(final Path path, final String names, final LinkOption... options)
            throws IOException {
        return real.readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(final Path path, final String name, final Object value, final LinkOption... options)
            throws IOException {
        real.setAttribute(real(path), name, value, options);
    }
}
