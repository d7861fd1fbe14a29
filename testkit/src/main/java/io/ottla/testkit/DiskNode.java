package io.ottla.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file or folder of a {@link FaultyDisk}: what of it is on the device, and what only the operating system knows.
 *
 * <p><b>Note:</b> guarded by the disk.
 */
final class DiskNode {
    private static final byte[] NOTHING = {};

    /** What happened to a folder's names: the node that a name now has, or null if it was deleted. */
    record Change(String name, DiskNode node, String formerName) {}

    final boolean isFolder;
    DiskNode parent;
    String name;

    /** A folder's names as everybody sees them. */
    final Map<String, DiskNode> names = new HashMap<>();
    /** A folder's names on the device. */
    final Map<String, DiskNode> durableNames = new HashMap<>();
    /** What was done to the names since, in order. */
    final List<Change> changes = new ArrayList<>();

    /** A file's bytes on the device. */
    byte[] durable = NOTHING;
    /** A file's bytes when it lost its last name; null while it has one. */
    byte[] last;
    /** A force failed, and all later ones tell lies. */
    boolean isLost;

    DiskNode(final DiskNode parent, final String name, final boolean isFolder) {
        this.parent = parent;
        this.name = name;
        this.isFolder = isFolder;
    }

    void link(final String childName, final DiskNode child) {
        names.put(childName, child);
        child.parent = this;
        child.name = childName;
        changes.add(new Change(childName, child, null));
    }

    void unlink(final String childName) {
        names.remove(childName);
        changes.add(new Change(childName, null, null));
    }

    /** Gives a child another name, which is one change on the device too if it stays in this folder. */
    void rename(final String from, final DiskNode folder, final String to) {
        final DiskNode child = names.remove(from);
        folder.names.put(to, child);
        child.parent = folder;
        child.name = to;
        if (folder == this) {
            changes.add(new Change(to, child, from));
        } else {
            changes.add(new Change(from, null, null));
            folder.changes.add(new Change(to, child, null));
        }
    }

    /** The device has all names as they are now. */
    void sync() {
        durableNames.clear();
        durableNames.putAll(names);
        changes.clear();
    }

    /** The names that survive if the device got only some of the changes. */
    Map<String, DiskNode> surviving(final int changeCount) {
        final Map<String, DiskNode> surviving = new HashMap<>(durableNames);
        for (final Change change : changes.subList(0, changeCount)) {
            if (change.formerName() != null) {
                surviving.remove(change.formerName());
            }
            if (change.node() == null) {
                surviving.remove(change.name());
            } else {
                surviving.put(change.name(), change.node());
            }
        }
        return surviving;
    }
}
