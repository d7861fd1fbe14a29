package io.ottla.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file or directory of a {@link FaultyDisk}, with its state on the device and in the operating system.
 *
 * <p><b>Note:</b> guarded by the disk.
 */
final class DiskNode {
    private static final byte[] NOTHING = {};

    /** A change of a directory's names: the node that a name now has, or null if it was deleted. */
    record Change(String name, DiskNode node, String formerName) {}

    final boolean isFolder;
    DiskNode parent;
    String name;

    /** A directory's names as processes see them. */
    final Map<String, DiskNode> names = new HashMap<>();
    /** A directory's names on the device. */
    final Map<String, DiskNode> durableNames = new HashMap<>();
    /** The changes of the names since, in order. */
    final List<Change> changes = new ArrayList<>();

    /** A file's bytes on the device. */
    byte[] durable = NOTHING;
    /** A file's bytes when it lost its last name; null while it has one. */
    byte[] last;
    /** True after a force failed; all later ones then succeed without effect. */
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

    /** Renames a child, which is one change on the device too if it stays in this directory. */
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

    /** Writes the current names to the device. */
    void sync() {
        durableNames.clear();
        durableNames.putAll(names);
        changes.clear();
    }

    /** Returns the names that survive if only some of the changes reached the device. */
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
