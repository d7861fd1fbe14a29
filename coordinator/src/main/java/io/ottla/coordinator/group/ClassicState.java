package io.ottla.coordinator.group;

/** The states of a classic group. */
enum ClassicState {
    /** It has no members, but may have offsets. */
    EMPTY("Empty"),
    /** It waits for its members to join. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** It waits for its leader to assign. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Its members have their assignments. */
    STABLE("Stable");

    private final String label;

    ClassicState(final String label) {
        this.label = label;
    }

    /**
     * The state as Kafka writes it.
     *
     * @return such as {@code PreparingRebalance}.
     */
    String label() {
        return label;
    }
}
