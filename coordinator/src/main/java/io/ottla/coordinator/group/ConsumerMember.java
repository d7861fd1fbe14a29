package io.ottla.coordinator.group;

/**
 * A member of a consumer group. Immutable.
 *
 * @param memberId its id.
 * @param subscription its subscription.
 * @param assignment its current assignment.
 */
record ConsumerMember(String memberId, ConsumerSubscription subscription, ConsumerAssignment assignment) {
    ConsumerMember with(final ConsumerSubscription newSubscription) {
        return new ConsumerMember(memberId, newSubscription, assignment);
    }

    ConsumerMember with(final ConsumerAssignment newAssignment) {
        return new ConsumerMember(memberId, subscription, newAssignment);
    }

    int epoch() {
        return assignment.epoch();
    }

    boolean isClassic() {
        return subscription.classic() != null;
    }

    /**
     * Returns whether the member is reconciled with its target assignment.
     *
     * @param targetEpoch the epoch of the target.
     * @return true if it has reached that epoch and waits for nothing.
     */
    boolean isReconciledTo(final int targetEpoch) {
        return assignment.state() == ConsumerAssignment.State.STABLE && epoch() == targetEpoch;
    }

    /**
     * Estimates the member's memory.
     *
     * @return the estimate in bytes.
     */
    long bytes() {
        return GroupMemory.MEMBER_BYTES + memberId.length() + subscription.bytes() + assignment.bytes();
    }
}
