package io.ottla.coordinator.group;

/** The states of a classic group. */
enum ClassicState {
    /** The group has no members, but may have offsets. */
    EMPTY("Empty"),
    /** The group waits for its members to join. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** The group waits for its leader's assignment. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** The members have their assignments. */
    STABLE("Stable");

    private final String label;

    ClassicState(final String label) {
        this.label = label;
    }

    /**
     * Returns Kafka's name of the state.
     *
     * @return a name such as {@code PreparingRebalance}.
     */
    String label() {
        return label;
    }
}
