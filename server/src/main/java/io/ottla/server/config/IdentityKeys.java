package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.STRING;

/** The broker's keys for its identity, its rack and its data folder. */
public final class IdentityKeys {
    static final KeySection SECTION = KeySection.first("Identity and place");

    static final ConfigKey NODE_ID = SECTION.key("node.id", INT, "1")
            .atLeast(0)
            .unlikeKafka("Kafka requires it to be set.")
            .doc("The id of this broker.");
    static final ConfigKey BROKER_ID = SECTION.key("broker.id", INT, "-1")
            .doc("The former name of `node.id`. If both are set, they must be equal.");
    public static final ConfigKey BROKER_RACK =
            SECTION.key("broker.rack", STRING, null).doc("The rack of this broker, which clients see.");
    static final ConfigKey LOG_DIRS = SECTION.key("log.dirs", LIST, null)
            .unlikeKafka("There must be exactly one folder.")
            .doc("The folder for all data. It is created if it does not exist. Takes precedence over `log.dir`.");
    static final ConfigKey LOG_DIR = SECTION.key("log.dir", LIST, "ottla-data")
            .unlikeKafka("Kafka's default is below `/tmp`, where systems delete files.")
            .doc("The folder for all data, if `log.dirs` is not set.");

    private IdentityKeys() {}
}
