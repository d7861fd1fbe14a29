package io.ottla.server.request;

/**
 * The operations that a client is authorized to perform, as bits of Kafka's operation codes (KIP-430). There is no
 * authorizer, so all operations of a resource are authorized.
 */
public final class AuthorizedOperations {
    /** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
    public static final int TOPIC = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11;

    /** CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE. */
    public static final int CLUSTER = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12;

    /** READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
    public static final int GROUP = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11;

    /** The value in responses if the operations were not requested. */
    public static final int NOT_ASKED = Integer.MIN_VALUE;

    private AuthorizedOperations() {}
}
