package io.ottla.api;

/**
 * The error codes of the Kafka protocol. The numbers and names are those of Kafka 4.4. What each one means for a
 * request is documented by its API.
 */
public enum ErrorCode {
    /** The broker failed in a way that has no code of its own. */
    UNKNOWN_SERVER_ERROR(-1, false),

    /** No error. */
    NONE(0, false),

    /** The log has no record at the offset: it is before the log start offset or past the log end offset. */
    OFFSET_OUT_OF_RANGE(1, false),

    /** A record batch is damaged, or in a format that is not supported. */
    CORRUPT_MESSAGE(2, true),

    /** This broker has no such topic or partition. */
    UNKNOWN_TOPIC_OR_PARTITION(3, true),

    /** The number of bytes to fetch is invalid. */
    INVALID_FETCH_SIZE(4, false),

    /** The partition has no leader right now. */
    LEADER_NOT_AVAILABLE(5, true),

    /** This broker does not lead the partition, or has no replica of it. */
    NOT_LEADER_OR_FOLLOWER(6, true),

    /** The request's condition was not met within its timeout. */
    REQUEST_TIMED_OUT(7, true),

    /** The broker that was asked for is not available. */
    BROKER_NOT_AVAILABLE(8, false),

    /** The broker has no replica of the partition right now. */
    REPLICA_NOT_AVAILABLE(9, true),

    /** A record batch is larger than the topic permits. */
    MESSAGE_TOO_LARGE(10, false),

    /** The controller has been replaced. */
    STALE_CONTROLLER_EPOCH(11, false),

    /** The metadata of a committed offset is too long. */
    OFFSET_METADATA_TOO_LARGE(12, false),

    /** The connection broke; clients only. */
    NETWORK_EXCEPTION(13, true),

    /** The coordinator is still reading its log. */
    COORDINATOR_LOAD_IN_PROGRESS(14, true),

    /** There is no coordinator right now. */
    COORDINATOR_NOT_AVAILABLE(15, true),

    /** This broker is not the coordinator of the group or transaction. */
    NOT_COORDINATOR(16, true),

    /** The topic's name is not permitted, or clients may not do this to the topic. */
    INVALID_TOPIC_EXCEPTION(17, false),

    /** The records of one partition are larger than a segment. */
    RECORD_LIST_TOO_LARGE(18, false),

    /** Fewer replicas are in sync than the topic wants for a write. */
    NOT_ENOUGH_REPLICAS(19, true),

    /** The write was done, but then fewer replicas were in sync than the topic wants. */
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, true),

    /** The acks of a produce request are none of 0, 1 and -1. */
    INVALID_REQUIRED_ACKS(21, false),

    /** The member's generation is not the group's current generation. */
    ILLEGAL_GENERATION(22, false),

    /** The group's members do not share the protocol that the member offers. */
    INCONSISTENT_GROUP_PROTOCOL(23, false),

    /** The group's id is not permitted. */
    INVALID_GROUP_ID(24, false),

    /** The group has no such member. */
    UNKNOWN_MEMBER_ID(25, false),

    /** The session timeout is outside of the broker's bounds. */
    INVALID_SESSION_TIMEOUT(26, false),

    /** The group is rebalancing: the member must join again. */
    REBALANCE_IN_PROGRESS(27, false),

    /** The offsets of the request are too large to be committed together. */
    INVALID_COMMIT_OFFSET_SIZE(28, false),

    /** The client may not do this to the topic. */
    TOPIC_AUTHORIZATION_FAILED(29, false),

    /** The client may not do this to the group. */
    GROUP_AUTHORIZATION_FAILED(30, false),

    /** The client may not do this to the cluster. */
    CLUSTER_AUTHORIZATION_FAILED(31, false),

    /** A record's timestamp is too far from the broker's time. */
    INVALID_TIMESTAMP(32, false),

    /** The broker does not support this SASL mechanism. */
    UNSUPPORTED_SASL_MECHANISM(33, false),

    /** The request is not valid in the current state of the authentication. */
    ILLEGAL_SASL_STATE(34, false),

    /** The broker does not support this version of the API. */
    UNSUPPORTED_VERSION(35, false),

    /** A topic of this name exists. */
    TOPIC_ALREADY_EXISTS(36, false),

    /** The number of partitions is invalid. */
    INVALID_PARTITIONS(37, false),

    /** There are not enough brokers for this many replicas, or the number is invalid. */
    INVALID_REPLICATION_FACTOR(38, false),

    /** The assignment of replicas to brokers is invalid. */
    INVALID_REPLICA_ASSIGNMENT(39, false),

    /** A configuration has an unknown key or a value that is not permitted. */
    INVALID_CONFIG(40, false),

    /** This broker is not the controller. */
    NOT_CONTROLLER(41, true),

    /** The request contradicts itself or the protocol. */
    INVALID_REQUEST(42, false),

    /** The log's format is too old for the request. */
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, false),

    /** The request violates a policy of the broker. */
    POLICY_VIOLATION(44, false),

    /** A batch of an idempotent producer does not follow the one before it. */
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, false),

    /** A batch of an idempotent producer was appended before. */
    DUPLICATE_SEQUENCE_NUMBER(46, false),

    /** A newer producer has the same id. */
    INVALID_PRODUCER_EPOCH(47, false),

    /** The transaction's state does not permit the request. */
    INVALID_TXN_STATE(48, false),

    /** The producer id is not the one that belongs to the transactional id. */
    INVALID_PRODUCER_ID_MAPPING(49, false),

    /** The transaction timeout is outside of the broker's bounds. */
    INVALID_TRANSACTION_TIMEOUT(50, false),

    /** Another change of the same transaction is in progress. */
    CONCURRENT_TRANSACTIONS(51, true),

    /** The transaction coordinator that sent this has been replaced. */
    TRANSACTION_COORDINATOR_FENCED(52, false),

    /** The client may not use the transactional id. */
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, false),

    /** The broker has security switched off. */
    SECURITY_DISABLED(54, false),

    /** Nothing was attempted, because another part of the request failed. */
    OPERATION_NOT_ATTEMPTED(55, false),

    /** The disk failed. */
    KAFKA_STORAGE_ERROR(56, true),

    /** The broker has no such log directory. */
    LOG_DIR_NOT_FOUND(57, false),

    /** The client's authentication failed. */
    SASL_AUTHENTICATION_FAILED(58, false),

    /** The partition has no state of the idempotent producer. */
    UNKNOWN_PRODUCER_ID(59, false),

    /** The partition's replicas are being moved. */
    REASSIGNMENT_IN_PROGRESS(60, false),

    /** Delegation tokens are switched off. */
    DELEGATION_TOKEN_AUTH_DISABLED(61, false),

    /** There is no such delegation token. */
    DELEGATION_TOKEN_NOT_FOUND(62, false),

    /** The delegation token belongs to another principal. */
    DELEGATION_TOKEN_OWNER_MISMATCH(63, false),

    /** Delegation tokens are not issued on such a connection. */
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(64, false),

    /** The client may not do this to the delegation token. */
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, false),

    /** The delegation token has expired. */
    DELEGATION_TOKEN_EXPIRED(66, false),

    /** The type of principal is not known. */
    INVALID_PRINCIPAL_TYPE(67, false),

    /** The group has members. */
    NON_EMPTY_GROUP(68, false),

    /** There is no such group. */
    GROUP_ID_NOT_FOUND(69, false),

    /** There is no such fetch session. */
    FETCH_SESSION_ID_NOT_FOUND(70, true),

    /** The fetch session is at another epoch. */
    INVALID_FETCH_SESSION_EPOCH(71, true),

    /** The leader has no listener of the name that the request came through. */
    LISTENER_NOT_FOUND(72, true),

    /** Topics may not be deleted here. */
    TOPIC_DELETION_DISABLED(73, false),

    /** The client's leader epoch is older than the broker's. */
    FENCED_LEADER_EPOCH(74, true),

    /** The client's leader epoch is newer than the broker's. */
    UNKNOWN_LEADER_EPOCH(75, true),

    /** The broker does not support this compression type, or not in this version of the API. */
    UNSUPPORTED_COMPRESSION_TYPE(76, false),

    /** The broker has registered again since. */
    STALE_BROKER_EPOCH(77, false),

    /** The new leader does not know the high watermark yet. */
    OFFSET_NOT_AVAILABLE(78, true),

    /** The member must join again with the id in this response. */
    MEMBER_ID_REQUIRED(79, false),

    /** The preferred leader is not available. */
    PREFERRED_LEADER_NOT_AVAILABLE(80, true),

    /** The group has reached its maximum size. */
    GROUP_MAX_SIZE_REACHED(81, false),

    /** Another member has taken over the instance id. */
    FENCED_INSTANCE_ID(82, false),

    /** No eligible replica is available as leader. */
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, true),

    /** The partition already has its preferred leader. */
    ELECTION_NOT_NEEDED(84, true),

    /** The partition's replicas are not being moved. */
    NO_REASSIGNMENT_IN_PROGRESS(85, false),

    /** The group consumes the topic. */
    GROUP_SUBSCRIBED_TO_TOPIC(86, false),

    /** A record breaks a rule of its topic. */
    INVALID_RECORD(87, false),

    /** An open transaction has pending offsets of the group. */
    UNSTABLE_OFFSET_COMMIT(88, true),

    /** The client has used up its quota. */
    THROTTLING_QUOTA_EXCEEDED(89, true),

    /** A newer producer has the same transactional id. */
    PRODUCER_FENCED(90, false),

    /** There is no such resource. */
    RESOURCE_NOT_FOUND(91, false),

    /** The resource exists already. */
    DUPLICATE_RESOURCE(92, false),

    /** The credential is not good enough. */
    UNACCEPTABLE_CREDENTIAL(93, false),

    /** The set of voters does not match. */
    INCONSISTENT_VOTER_SET(94, false),

    /** The version is not above the current one. */
    INVALID_UPDATE_VERSION(95, false),

    /** The feature could not be updated. */
    FEATURE_UPDATE_FAILED(96, false),

    /** The principal could not be read. */
    PRINCIPAL_DESERIALIZATION_FAILURE(97, false),

    /** There is no such snapshot. */
    SNAPSHOT_NOT_FOUND(98, false),

    /** The position is outside of the snapshot. */
    POSITION_OUT_OF_RANGE(99, false),

    /** This broker has no topic of this id. */
    UNKNOWN_TOPIC_ID(100, true),

    /** The broker's id is in use. */
    DUPLICATE_BROKER_REGISTRATION(101, false),

    /** The broker's id is not registered. */
    BROKER_ID_NOT_REGISTERED(102, false),

    /** The topic's id is not that of the topic of this name. */
    INCONSISTENT_TOPIC_ID(103, true),

    /** The cluster's id does not match. */
    INCONSISTENT_CLUSTER_ID(104, false),

    /** There is no such transactional id. */
    TRANSACTIONAL_ID_NOT_FOUND(105, false),

    /** The topics of a fetch session have ids, and the request has none, or the other way round. */
    FETCH_SESSION_TOPIC_ID_ERROR(106, true),

    /** The replica can't be in sync. */
    INELIGIBLE_REPLICA(107, false),

    /** The change made another replica the leader. */
    NEW_LEADER_ELECTED(108, false),

    /** The records were moved to tiered storage. */
    OFFSET_MOVED_TO_TIERED_STORAGE(109, false),

    /** The member's epoch is not the one that the group has for it. */
    FENCED_MEMBER_EPOCH(110, false),

    /** The instance id still belongs to a member that has not left. */
    UNRELEASED_INSTANCE_ID(111, false),

    /** The broker does not have this assignor. */
    UNSUPPORTED_ASSIGNOR(112, false),

    /** The member's epoch is older than the group's: it must take in its newest assignment. */
    STALE_MEMBER_EPOCH(113, false),

    /** The endpoint is of another type than the request is for. */
    MISMATCHED_ENDPOINT_TYPE(114, false),

    /** The type of endpoint is not known. */
    UNSUPPORTED_ENDPOINT_TYPE(115, false),

    /** The id is not that of this controller. */
    UNKNOWN_CONTROLLER_ID(116, false),

    /** The subscription id of the client's telemetry is not known. */
    UNKNOWN_SUBSCRIPTION_ID(117, false),

    /** The telemetry is too large. */
    TELEMETRY_TOO_LARGE(118, false),

    /** The broker's registration is invalid. */
    INVALID_REGISTRATION(119, false),

    /** The transaction must be aborted first. */
    TRANSACTION_ABORTABLE(120, false),

    /** The record's delivery state does not permit this, or another consumer holds the record. */
    INVALID_RECORD_STATE(121, false),

    /** There is no such share session. */
    SHARE_SESSION_NOT_FOUND(122, true),

    /** The share session is at another epoch. */
    INVALID_SHARE_SESSION_EPOCH(123, true),

    /** The share state's epoch is newer than the request's. */
    FENCED_STATE_EPOCH(124, false),

    /** The voter's key does not match. */
    INVALID_VOTER_KEY(125, false),

    /** The voter exists already. */
    DUPLICATE_VOTER(126, false),

    /** There is no such voter. */
    VOTER_NOT_FOUND(127, false),

    /** The regular expression can't be read. */
    INVALID_REGULAR_EXPRESSION(128, false),

    /** The client must start again from its bootstrap servers. */
    REBOOTSTRAP_REQUIRED(129, false),

    /** The topology is invalid. */
    STREAMS_INVALID_TOPOLOGY(130, false),

    /** The member's topology is of another epoch than the group's. */
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, false),

    /** The topology is older than the group's. */
    STREAMS_TOPOLOGY_FENCED(132, false),

    /** The broker has reached its maximum number of share sessions. */
    SHARE_SESSION_LIMIT_REACHED(133, true),

    /** The group was not deleted, for the reason in the response's message. */
    GROUP_DELETION_FAILED(134, false),

    /** The broker could not store the description of a streams group's topology. */
    STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED(135, false),

    /** No controller of this id is registered. */
    CONTROLLER_ID_NOT_REGISTERED(136, false);

    private static final int LOWEST = -1;
    private static final ErrorCode[] BY_CODE = new ErrorCode[values().length];

    static {
        for (final ErrorCode error : values()) {
            BY_CODE[error.code - LOWEST] = error;
        }
    }

    private final short code;
    private final boolean retriable;

    ErrorCode(final int code, final boolean retriable) {
        this.code = (short) code;
        this.retriable = retriable;
    }

    /**
     * Returns the code as it is encoded in messages.
     *
     * @return the number.
     */
    public short code() {
        return code;
    }

    /**
     * Returns whether clients retry the same request.
     *
     * @return true if the same request may succeed later.
     */
    public boolean isRetriable() {
        return retriable;
    }

    /**
     * Returns the error of a code.
     *
     * @param code the code as it was encoded in a message.
     * @return the error; {@link #UNKNOWN_SERVER_ERROR} for a number that Kafka 4.4 does not have.
     */
    public static ErrorCode of(final short code) {
        final int index = code - LOWEST;
        return index >= 0 && index < BY_CODE.length ? BY_CODE[index] : UNKNOWN_SERVER_ERROR;
    }
}
