package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.api.storage.StorageSpace;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores logs in folders below the broker's data folder. */
final class MmapStorage implements Storage {
    /** The file with the storage and the format version of the folder. */
    static final String FORMAT_NAME = "format.properties";

    /** The version of all files that this storage writes. Since version 2 logs have a {@link CompactedMark}. */
    static final int FORMAT_VERSION = 2;

    /** The file with Linux's boot id. */
    static final Path BOOT_ID_FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private static final Logger LOG = LoggerFactory.getLogger(MmapStorage.class);
    private static final String STORAGE_KEY = "storage";
    private static final String VERSION_KEY = "format.version";
    private static final UUID NO_TOPIC = new UUID(0, 0);

    private final Path folder;
    private final Clock clock;
    private final FilePool channels;
    private final FilePool mappings;
    private final Path bootIdFile;
    private final Map<LogId, Entry> logs = new ConcurrentHashMap<>();
    /** Guards the creation and renaming of folders, since two topics of one name may have the same. */
    private final Object folderMonitor = new Object();

    private final LongAdder recoveredBytes = new LongAdder();
    private final LongAdder lostOffsets = new LongAdder();
    private final Deletions deletions;
    private final StrayLogs strays;

    /** The folders with a log's name but without a topic id, until {@link #setAsideStrays}. */
    private final Set<Path> nameless = new HashSet<>();

    /** The deleted logs whose folders could not be renamed. */
    private final Set<LogId> undeleted = ConcurrentHashMap.newKeySet();

    private FolderLock lock;
    private volatile LogContext.Shared shared;

    /** An existing log; guards the operations on the log as a whole. */
    private static final class Entry {
        private MmapLog log;
        /** True if its folder exists. */
        private boolean isMade;
        /** True if it was removed from {@link #logs}. */
        private boolean isDeleted;
    }

    /**
     * Creates a storage that is not open yet.
     *
     * @param folder the data folder.
     * @param clock the clock.
     * @param openFilesMax the largest number of open files of batches.
     * @param mappedFilesMax the largest number of mapped index files.
     * @param strayRetentionMs the retention of stray logs, which have no topic, in milliseconds; -1 for ever.
     * @param bootIdFile the file with the boot id: {@link #BOOT_ID_FILE}, except in tests of folders from another boot.
     */
    MmapStorage(
            final Path folder,
            final Clock clock,
            final int openFilesMax,
            final int mappedFilesMax,
            final long strayRetentionMs,
            final Path bootIdFile) {
        this.folder = folder;
        this.clock = clock;
        channels = new FilePool(openFilesMax);
        mappings = new FilePool(mappedFilesMax);
        deletions = new Deletions(clock);
        strays = new StrayLogs(clock, strayRetentionMs);
        this.bootIdFile = bootIdFile;
    }

    @Override
    public void open() {
        try {
            Files.createDirectories(folder);
            lock = FolderLock.take(folder);
            checkFormat();
            list();
        } catch (final AccessDeniedException e) {
            throw new StorageException(
                    "can't write to the data folder " + folder + ": access to " + e.getFile() + " denied", e);
        } catch (final IOException e) {
            throw new StorageException("can't use the data folder " + folder + ": " + e, e);
        }
        shared = new LogContext.Shared(
                clock, channels, mappings, bootId(), recoveredBytes, lostOffsets, deletions, new SharedForce(folder));
    }

    private void checkFormat() throws IOException {
        final Path file = folder.resolve(FORMAT_NAME);
        final String text;
        try {
            text = new String(LogFiles.read(file), StandardCharsets.ISO_8859_1);
        } catch (final NoSuchFileException e) {
            writeFormat(file);
            return;
        }
        final PropertyLines lines = new PropertyLines(file, text);
        final String storage;
        final long version;
        try {
            storage = lines.text(STORAGE_KEY);
            version = lines.number(VERSION_KEY);
        } catch (final IOException e) {
            throw new StorageException(
                    file
                            + " is damaged: it does not say what made the data folder. Restore it from a backup, or"
                            + " give this broker another folder; if the folder is one of Ottla's, write two lines into"
                            + " the file, storage=mmap and format.version=1",
                    e);
        }
        if (!MmapStorageProvider.NAME.equals(storage)) {
            throw new StorageException("the data folder " + folder + " belongs to the storage '" + storage + "', not '"
                    + MmapStorageProvider.NAME + "', as " + file + " says");
        }
        if (version > FORMAT_VERSION) {
            throw new StorageException("the data folder " + folder + " has format version " + version
                    + ", this broker knows versions up to " + FORMAT_VERSION
                    + ": start the newer broker that wrote it, or give this one another folder");
        }
        if (version < FORMAT_VERSION) {
            convert();
            writeFormat(file);
            LOG.info("converted {} from format version {} to {}", folder, version, FORMAT_VERSION);
        }
    }

    /** Converts logs of an earlier version, which may have been compacted without a mark. */
    private void convert() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (final Path each : folders) {
                if (hasLogsName(each) && LogFolder.isLog(each)) {
                    CompactedMark.writeUnknown(each);
                }
            }
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void writeFormat(final Path file) throws IOException {
        final StringBuilder text = new StringBuilder(64);
        PropertyLines.append(text, STORAGE_KEY, MmapStorageProvider.NAME);
        PropertyLines.append(text, VERSION_KEY, FORMAT_VERSION);
        LogFiles.replace(file, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1)), true);
    }

    private void list() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
            for (final Path each : folders) {
                final String name = each.getFileName().toString();
                if (LogFolder.isDeletedName(name)) {
                    Leftovers.deleteFolder(each);
                } else if (StrayLogs.isName(name)) {
                    strays.found(each);
                } else if (hasLogsName(each)) {
                    final LogId id = readId(each);
                    if (id == null && LogFolder.isLog(each)) {
                        nameless.add(each);
                    } else if (id != null) {
                        final Entry entry = new Entry();
                        entry.isMade = true;
                        logs.put(id, entry);
                    }
                }
            }
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean hasLogsName(final Path each) {
        return LogFolder.partitionIn(each.getFileName().toString()) >= 0 && Files.isDirectory(each);
    }

    /** Reads the id of a folder's log. A damaged folder does not prevent other logs from being opened. */
    private static LogId readId(final Path logFolder) {
        try {
            return LogFolder.read(logFolder);
        } catch (final IOException e) {
            LOG.error("the log in {} can't be used: {}", logFolder, e.toString());
            return null;
        }
    }

    /** Returns the machine's boot id, or an empty string if it is unknown. */
    private String bootId() {
        try {
            return new String(LogFiles.read(bootIdFile), StandardCharsets.ISO_8859_1).trim();
        } catch (final IOException e) {
            return "";
        }
    }

    @Override
    public Collection<LogId> logs() {
        return new ArrayList<>(logs.keySet());
    }

    @Override
    public boolean hasLog(final LogId id) {
        return logs.containsKey(id) || nameless.contains(folder.resolve(LogFolder.name(id)));
    }

    @Override
    public boolean setAsideStrays(final Set<LogId> known) {
        for (final LogId id : logs()) {
            final Entry entry = logs.get(id);
            if (!known.contains(id)
                    && entry.log == null
                    && strays.setAside(folder.resolve(LogFolder.name(id)), id.topicId())) {
                forget(id, entry);
            }
        }
        if (!nameless.isEmpty()) {
            for (final LogId id : known) {
                nameless.remove(folder.resolve(LogFolder.name(id)));
            }
            for (final Path each : nameless) {
                strays.setAside(each, NO_TOPIC);
            }
            nameless.clear();
        }
        return strays.settle(deletions);
    }

    @Override
    public StorageSpace space() {
        // A FileStore would read the list of all mounts first.
        final File device = folder.toFile();
        final long totalBytes = device.getTotalSpace();
        if (totalBytes == 0) {
            throw new StorageException("can't ask for the space of " + folder);
        }
        return new StorageSpace(totalBytes, device.getUsableSpace());
    }

    @Override
    public long recoveredBytes() {
        return recoveredBytes.sum();
    }

    @Override
    public long lostOffsets() {
        return lostOffsets.sum();
    }

    @Override
    public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        if (shared == null) {
            throw new StorageException("the storage is not open");
        }
        if (!undeleted.isEmpty()) {
            deleteNamesakes(id);
        }
        while (true) {
            final Entry entry = logs.computeIfAbsent(id, key -> new Entry());
            synchronized (entry) {
                if (!entry.isDeleted) {
                    return openLog(id, entry, config, observer);
                }
            }
        }
    }

    @Override
    public long deleteDue() {
        return deletions.run();
    }

    private PartitionLog openLog(
            final LogId id, final Entry entry, final LogConfig config, final LogObserver observer) {
        if (entry.log != null && !entry.log.isClosed()) {
            throw new StorageException(id + " is open already");
        }
        final Path logFolder = folder.resolve(LogFolder.name(id));
        try {
            synchronized (folderMonitor) {
                LogFolder.makeOrCheck(logFolder, id);
            }
            entry.isMade = true;
            entry.log = MmapLog.open(new LogContext(id, logFolder, shared), config, observer);
            return entry.log;
        } catch (final IOException e) {
            throw new StorageException("can't open " + logFolder + ": " + e, e);
        } finally {
            if (!entry.isMade) {
                forget(id, entry);
            }
        }
    }

    private void forget(final LogId id, final Entry entry) {
        entry.isDeleted = true;
        logs.remove(id, entry);
    }

    /** Retries the deletion of deleted logs of the same name, in case the device failed only temporarily. */
    private void deleteNamesakes(final LogId id) {
        for (final LogId other : undeleted) {
            if (other.partition() == id.partition() && other.topic().equals(id.topic())) {
                deleteLog(other);
            }
        }
    }

    @Override
    public void deleteLog(final LogId id) {
        final Entry entry = logs.get(id);
        if (entry == null) {
            return;
        }
        synchronized (entry) {
            if (!entry.isMade || entry.isDeleted) {
                return;
            }
            long delayMs = 0;
            if (entry.log != null) {
                entry.log.closeWithoutTrace();
                delayMs = entry.log.fileDeleteDelayMs();
            }
            final Path logFolder = folder.resolve(LogFolder.name(id));
            final Path deleted = folder.resolve(LogFolder.deletedName(id));
            try {
                synchronized (folderMonitor) {
                    Files.move(logFolder, deleted);
                }
                forget(id, entry);
                undeleted.remove(id);
                deletions.folder(deleted, delayMs);
            } catch (final IOException e) {
                undeleted.add(id);
                throw new StorageException("can't delete " + logFolder + ": " + e, e);
            }
        }
    }

    @Override
    public void close() {
        shared = null;
        for (final Entry entry : logs.values()) {
            synchronized (entry) {
                if (entry.log != null) {
                    entry.log.close();
                }
            }
        }
        logs.clear();
        nameless.clear();
        if (lock != null) {
            try {
                lock.close();
            } catch (final IOException e) {
                LOG.warn("can't give up the lock on {}", folder, e);
            }
            lock = null;
        }
    }
}
