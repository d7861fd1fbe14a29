package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;

/** The broker's keys for transactions. */
final class TransactionKeys {
    static final KeySection SECTION = GroupCoordinatorKeys.SECTION.next("Transactions");

    private static final String ONE_NODE = "partitions have one replica, because there is one node";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey TRANSACTIONAL_ID_EXPIRATION_MS = SECTION.key(
                    "transactional.id.expiration.ms", INT, "604800000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("The time after which an unused transactional id is removed.");
    static final ConfigKey TRANSACTION_MAX_TIMEOUT_MS = SECTION.key("transaction.max.timeout.ms", INT, "900000")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("The maximum timeout of a transaction.");
    static final ConfigKey TRANSACTION_STATE_LOG_NUM_PARTITIONS = SECTION.key(
                    "transaction.state.log.num.partitions", INT, "50")
            .atLeast(1)
            .inert(NOT_YET)
            .doc("The number of partitions of `__transaction_state`. It cannot be changed after the topic was"
                    + " created.");
    static final ConfigKey TRANSACTION_STATE_LOG_REPLICATION_FACTOR = SECTION.key(
                    "transaction.state.log.replication.factor", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka requires 3 replicas, which is not possible on one node.")
            .inert(ONE_NODE)
            .doc("The replication factor of `__transaction_state`.");
    static final ConfigKey TRANSACTION_STATE_LOG_MIN_ISR = SECTION.key("transaction.state.log.min.isr", INT, "1")
            .atLeast(1)
            .unlikeKafka("Kafka requires 2 in-sync replicas, which is not possible on one node.")
            .inert(ONE_NODE)
            .doc("The minimum number of in-sync replicas of `__transaction_state`.");

    private TransactionKeys() {}
}
