package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;

/** The keys of transactions. */
final class TransactionKeys {
    static final KeySection SECTION = GroupCoordinatorKeys.SECTION.next("Transactions");

    private static final String ONE_NODE = "a partition has one replica, on the one node";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey TRANSACTIONAL_ID_EXPIRATION_MS = SECTION.key(
                    "transactional.id.expiration.ms", INT, "604800000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("How long a transactional id that is not used is remembered.");
    static final ConfigKey TRANSACTION_MAX_TIMEOUT_MS = SECTION.key("transaction.max.timeout.ms", INT, "900000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("The longest timeout that a transactional producer may ask for.");
    static final ConfigKey TRANSACTION_STATE_LOG_NUM_PARTITIONS = SECTION.key(
                    "transaction.state.log.num.partitions", INT, "50")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("How many partitions `__transaction_state` gets. It can't be changed afterwards.");
    static final ConfigKey TRANSACTION_STATE_LOG_REPLICATION_FACTOR = SECTION.key(
                    "transaction.state.log.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 3 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas `__transaction_state` gets.");
    static final ConfigKey TRANSACTION_STATE_LOG_MIN_ISR = SECTION.key("transaction.state.log.min.isr", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka asks for 2 replicas, which one node can't give.")
            .inert(ONE_NODE)
            .doc("How many replicas of `__transaction_state` must have a record before it counts.");

    private TransactionKeys() {}
}
