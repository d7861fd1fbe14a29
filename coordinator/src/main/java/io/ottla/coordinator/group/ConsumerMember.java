package io.ottla.coordinator.group;

/**
 * A member of a consumer group. Immutable.
 *
 * @param memberId its id.
 * @param subscription what it wants.
 * @param assignment what it may hold.
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
     * Whether the member has all that it shall have.
     *
     * @param targetEpoch the epoch of the target.
     * @return true if it has come to that epoch and waits for nothing.
     */
    boolean isReconciledTo(final int targetEpoch) {
        return assignment.state() == ConsumerAssignment.State.STABLE && epoch() == targetEpoch;
    }

    /**
     * Estimates what the member takes.
     *
     * @return bytes of memory.
     */
    long bytes() {
        return GroupMemory.MEMBER_BYTES + memberId.length() + subscription.bytes() + assignment.bytes();
    }
}
