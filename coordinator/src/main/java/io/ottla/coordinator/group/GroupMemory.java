package io.ottla.coordinator.group;

/**
 * What groups take of the heap, as an estimate that each change is added to. Each group has a part of its machine's, and each
 * machine a part of the coordinator's, which is bounded: newcomers are refused at the bound, and groups that are there may
 * grow a quarter past it.
 *
 * <p><b>Note:</b> not thread-safe; for the coordinator's agent only.
 */
final class GroupMemory {
    /** Names the bound of what all groups take. */
    static final String MEMORY_BYTES_MAX = "ottla.groups.memory.bytes.max";

    /** Names the bound of what one group may write. */
    static final String GROUP_BYTES_MAX = "ottla.group.bytes.max";

    /** A group without members; 1,100 bytes were measured. */
    static final long GROUP_BYTES = 1200;

    /** A member without what it said, with its deadline and its parked request. */
    static final long MEMBER_BYTES = 700;

    /** A string or an array without its content, with its place in a collection. */
    static final long ENTRY_BYTES = 64;

    private final long bytesMax;
    private GroupMemory whole;
    private long bytes;

    /**
     * Begins with nothing, and is bounded.
     *
     * @param bytesMax the bound.
     */
    GroupMemory(final long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Begins with nothing, as a part of more.
     *
     * @param whole what it is a part of, which has the bound.
     */
    GroupMemory(final GroupMemory whole) {
        this(Long.MAX_VALUE);
        this.whole = whole;
    }

    /**
     * Makes one without a bound, for a group that is not kept.
     *
     * @return the memory.
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

    /** Gives back what it has to the whole. What is added later counts for nothing there. Idempotent. */
    void end() {
        if (whole != null) {
            whole.add(-bytes);
            whole = null;
        }
    }

    /**
     * Returns whether there is room for a group or a member that is not there yet.
     *
     * @param added the bytes that it takes.
     * @return false if it must be refused.
     */
    boolean admits(final long added) {
        return whole == null ? bytes + added <= bytesMax : whole.admits(added);
    }

    /**
     * Returns whether there is room for more of what is there.
     *
     * @param added the bytes that it takes; what takes none always has room.
     * @return false if it must be refused.
     */
    boolean hasRoom(final long added) {
        return added <= 0 || (whole == null ? bytes + added - bytesMax <= bytesMax / 4 : whole.hasRoom(added));
    }
}
