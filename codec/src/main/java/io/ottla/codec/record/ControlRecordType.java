package io.ottla.codec.record;

/** The type of a control record, which is in the record's key, after a version of 2 bytes. */
public enum ControlRecordType {
    /** The transaction was aborted. */
    ABORT(0),
    /** The transaction was committed. */
    COMMIT(1),
    /** A quorum has a new leader. */
    LEADER_CHANGE(2),
    /** A snapshot begins. */
    SNAPSHOT_HEADER(3),
    /** A snapshot ends. */
    SNAPSHOT_FOOTER(4),
    /** The version of the quorum's protocol. */
    KRAFT_VERSION(5),
    /** The voters of a quorum. */
    KRAFT_VOTERS(6),
    /** A type that is not known here. Readers skip it. */
    UNKNOWN(-1);

    private final short id;

    ControlRecordType(final int id) {
        this.id = (short) id;
    }

    /**
     * Finds a type.
     *
     * @param id the number in the record's key.
     * @return the type, or {@link #UNKNOWN}.
     */
    public static ControlRecordType forId(final short id) {
        return switch (id) {
            case 0 -> ABORT;
            case 1 -> COMMIT;
            case 2 -> LEADER_CHANGE;
            case 3 -> SNAPSHOT_HEADER;
            case 4 -> SNAPSHOT_FOOTER;
            case 5 -> KRAFT_VERSION;
            case 6 -> KRAFT_VOTERS;
            default -> UNKNOWN;
        };
    }

    /**
     * Returns the number in the record's key.
     *
     * @return the number.
     */
    public short id() {
        return id;
    }
}
