package io.ottla.coordinator.group;

import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A member of a classic group, with its requests that wait for an answer. It is the key of its own session deadline. */
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
     * A member as the log has it, which waits for nothing.
     *
     * @param record what the log says.
     * @param protocolName the protocol that was chosen.
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
     * The member as it stands in the log.
     *
     * @param protocolName the protocol that was chosen.
     * @param part its part of the work.
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
     * A static member's own name.
     *
     * @return the name, or null for a dynamic member.
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
     * Whether the member has not seen its first generation yet. It does not know its id then if its client is old, and sends
     * no heartbeats.
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
     * Counts what protocols say.
     *
     * @param protocols the protocols.
     * @return the bytes of their names and metadata, without what else they take.
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
     * Estimates what protocols take.
     *
     * @param protocols the protocols.
     * @return bytes of memory.
     */
    static long bytesOf(final List<JoinGroupProtocol> protocols) {
        return saidBytes(protocols) + protocols.size() * 2 * GroupMemory.ENTRY_BYTES;
    }

    /**
     * Estimates what a member takes.
     *
     * @param request its join.
     * @return bytes of memory, without an assignment.
     */
    static long bytesOf(final JoinGroup request) {
        return GroupMemory.MEMBER_BYTES
                + 3 * GroupMemory.bytesOf(request.clientId())
                + 3 * GroupMemory.bytesOf(request.instanceId())
                + bytesOf(request.protocols());
    }

    /**
     * Estimates what the member takes.
     *
     * @return bytes of memory.
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
     * What the member said with a protocol.
     *
     * @param protocolName the protocol's name.
     * @return its metadata, or null if the member does not know the protocol.
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
     * The protocol that the member likes best.
     *
     * @param candidates the protocols to choose from.
     * @return the first one of the member's that is among them, or null.
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
     * Whether a join says nothing new.
     *
     * @param others the protocols that came with it.
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
