package io.ottla.coordinator.group;

/**
 * Estimates the heap memory of groups; each change is added. A group's count is part of its machine's, and a machine's
 * part of the coordinator's, which is bounded: new groups and members are refused at the bound, and existing groups may
 * grow a quarter past it.
 *
 * <p><b>Note:</b> not thread-safe; for the coordinator's agent only.
 */
final class GroupMemory {
    /** The configuration key of the bound of all groups. */
    static final String MEMORY_BYTES_MAX = "ottla.groups.memory.bytes.max";

    /** The configuration key of the bound of one group's record. */
    static final String GROUP_BYTES_MAX = "ottla.group.bytes.max";

    /** The bytes of a group without members; 1,100 bytes were measured. */
    static final long GROUP_BYTES = 1200;

    /** The bytes of a member without its metadata, with its deadline and its parked request. */
    static final long MEMBER_BYTES = 700;

    /** The bytes of a string or an array without its content, with its place in a collection. */
    static final long ENTRY_BYTES = 64;

    private final long bytesMax;
    private GroupMemory whole;
    private long bytes;

    /**
     * Creates an empty count with a bound.
     *
     * @param bytesMax the bound.
     */
    GroupMemory(final long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Creates an empty count that is part of a total.
     *
     * @param whole the total, which has the bound.
     */
    GroupMemory(final GroupMemory whole) {
        this(Long.MAX_VALUE);
        this.whole = whole;
    }

    /**
     * Creates a count without a bound, for a group that is not kept.
     *
     * @return the count.
     */
    static GroupMemory unbounded() {
        return new GroupMemory(Long.MAX_VALUE);
    }

    /**
     * Estimates a string.
     *
     * @param text the string, or null.
     * @return the bytes of its content.
     */
    static long bytesOf(final String text) {
        return text == null ? 0 : text.length();
    }

    long bytes() {
        return bytes;
    }

    void add(final long change) {
        bytes += change;
        if (whole != null) {
            whole.add(change);
        }
    }

    /** Subtracts this count from the total. Later additions no longer count there. Idempotent. */
    void end() {
        if (whole != null) {
            whole.add(-bytes);
            whole = null;
        }
    }

    /**
     * Returns whether there is room for a new group or member.
     *
     * @param added its bytes.
     * @return false if the request must be refused.
     */
    boolean admits(final long added) {
        return whole == null ? bytes + added <= bytesMax : whole.admits(added);
    }

    /**
     * Returns whether there is room for the growth of an existing group or member.
     *
     * @param added its bytes; 0 always has room.
     * @return false if the request must be refused.
     */
    boolean hasRoom(final long added) {
        return added <= 0 || (whole == null ? bytes + added - bytesMax <= bytesMax / 4 : whole.hasRoom(added));
    }
}
