package io.ottla.coordinator.group;

import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A member of a classic group, with its pending requests. It is the key of its own session deadline. */
final class ClassicMember {
    static final byte[] NO_ASSIGNMENT = new byte[0];

    private final String memberId;
    private final String instanceId;
    private final String clientId;
    private final String clientHost;
    private List<JoinGroupProtocol> protocols;
    private long protocolBytes;
    private int rebalanceTimeoutMs;
    private int sessionTimeoutMs;
    private byte[] assignment = NO_ASSIGNMENT;
    private boolean isNew;
    private CompletableFuture<JoinGroupResult> join;
    private CompletableFuture<SyncGroupResult> sync;

    ClassicMember(
            final String memberId,
            final String instanceId,
            final String clientId,
            final String clientHost,
            final int rebalanceTimeoutMs,
            final int sessionTimeoutMs,
            final List<JoinGroupProtocol> protocols) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = protocols;
        this.protocolBytes = bytesOf(protocols);
    }

    /**
     * Creates a member from its record in the log. It has no pending requests.
     *
     * @param record the record.
     * @param protocolName the chosen protocol.
     * @return the member.
     */
    static ClassicMember of(final ClassicGeneration.Member record, final String protocolName) {
        final ClassicMember member = new ClassicMember(
                record.memberId(),
                record.instanceId(),
                record.clientId(),
                record.clientHost(),
                record.rebalanceTimeoutMs(),
                record.sessionTimeoutMs(),
                List.of(new JoinGroupProtocol(protocolName, record.subscription())));
        member.assignment(record.assignment());
        return member;
    }

    /**
     * Returns the member's record for the log.
     *
     * @param protocolName the chosen protocol.
     * @param part its assignment.
     * @return the record.
     */
    ClassicGeneration.Member toRecord(final String protocolName, final byte[] part) {
        return new ClassicGeneration.Member(
                memberId,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                metadata(protocolName),
                part);
    }

    String memberId() {
        return memberId;
    }

    /**
     * Returns a static member's instance id.
     *
     * @return the instance id, or null for a dynamic member.
     */
    String instanceId() {
        return instanceId;
    }

    String clientId() {
        return clientId;
    }

    String clientHost() {
        return clientHost;
    }

    List<JoinGroupProtocol> protocols() {
        return protocols;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    byte[] assignment() {
        return assignment;
    }

    void assignment(final byte[] bytes) {
        assignment = bytes;
    }

    /**
     * Returns whether the member has not seen its first generation yet. A member with an old client does not know its
     * id until then, and sends no heartbeats.
     *
     * @return true until its first join is answered.
     */
    boolean isNew() {
        return isNew;
    }

    void isNew(final boolean value) {
        isNew = value;
    }

    void update(
            final List<JoinGroupProtocol> newProtocols,
            final int newRebalanceTimeoutMs,
            final int newSessionTimeoutMs) {
        protocols = newProtocols;
        protocolBytes = bytesOf(newProtocols);
        rebalanceTimeoutMs = newRebalanceTimeoutMs;
        sessionTimeoutMs = newSessionTimeoutMs;
    }

    /**
     * Counts the bytes of protocols.
     *
     * @param protocols the protocols.
     * @return the bytes of their names and metadata, without the overhead of the objects.
     */
    static long saidBytes(final List<JoinGroupProtocol> protocols) {
        long sum = 0;
        for (int i = 0; i < protocols.size(); i++) {
            final JoinGroupProtocol protocol = protocols.get(i);
            sum += GroupMemory.bytesOf(protocol.name())
                    + (protocol.metadata() == null ? 0 : protocol.metadata().length);
        }
        return sum;
    }

    /**
     * Estimates the memory of protocols.
     *
     * @param protocols the protocols.
     * @return the estimate in bytes.
     */
    static long bytesOf(final List<JoinGroupProtocol> protocols) {
        return saidBytes(protocols) + protocols.size() * 2 * GroupMemory.ENTRY_BYTES;
    }

    /**
     * Estimates the memory of a member that joins.
     *
     * @param request the join request.
     * @return the estimate in bytes, without an assignment.
     */
    static long bytesOf(final JoinGroup request) {
        return GroupMemory.MEMBER_BYTES
                + 3 * GroupMemory.bytesOf(request.clientId())
                + 3 * GroupMemory.bytesOf(request.instanceId())
                + bytesOf(request.protocols());
    }

    /**
     * Estimates the member's memory.
     *
     * @return the estimate in bytes.
     */
    long bytes() {
        return GroupMemory.MEMBER_BYTES
                + memberId.length()
                + GroupMemory.bytesOf(instanceId)
                + GroupMemory.bytesOf(clientId)
                + protocolBytes
                + assignment.length;
    }

    boolean isJoining() {
        return join != null;
    }

    boolean isSyncing() {
        return sync != null;
    }

    CompletableFuture<JoinGroupResult> join() {
        return join;
    }

    void join(final CompletableFuture<JoinGroupResult> future) {
        join = future;
    }

    CompletableFuture<SyncGroupResult> sync() {
        return sync;
    }

    void sync(final CompletableFuture<SyncGroupResult> future) {
        sync = future;
    }

    /**
     * Returns the member's metadata for a protocol.
     *
     * @param protocolName the protocol's name.
     * @return the metadata, or null if the member does not support the protocol.
     */
    byte[] metadata(final String protocolName) {
        for (final JoinGroupProtocol protocol : protocols) {
            if (protocol.name().equals(protocolName)) {
                return protocol.metadata();
            }
        }
        return null;
    }

    /**
     * Returns the protocol that the member prefers.
     *
     * @param candidates the protocols to choose from.
     * @return the member's first protocol that is a candidate, or null.
     */
    String vote(final Set<String> candidates) {
        for (final JoinGroupProtocol protocol : protocols) {
            if (candidates.contains(protocol.name())) {
                return protocol.name();
            }
        }
        return null;
    }

    /**
     * Returns whether a join has the protocols that the member already has.
     *
     * @param others the protocols of the join.
     * @return true if they are the member's, in the same order and with the same metadata.
     */
    boolean matches(final List<JoinGroupProtocol> others) {
        if (others.size() != protocols.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            final JoinGroupProtocol mine = protocols.get(i);
            final JoinGroupProtocol other = others.get(i);
            if (!mine.name().equals(other.name()) || !Arrays.equals(mine.metadata(), other.metadata())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return instanceId == null ? memberId : memberId + " (" + instanceId + ")";
    }
}
