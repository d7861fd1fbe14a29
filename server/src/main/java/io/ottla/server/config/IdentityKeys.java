package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.INT;
import static io.ottla.server.config.ConfigType.LIST;
import static io.ottla.server.config.ConfigType.STRING;

/** The keys that say which broker this is, and where it stands and keeps its data. */
public final class IdentityKeys {
    static final KeySection SECTION = KeySection.first("Identity and place");

    static final ConfigKey NODE_ID = SECTION.key("node.id", INT, "1")
            .atLeast(0)
            .unlikeKafka("Kafka wants it to be set.")
            .doc("The number that this broker is known by.");
    static final ConfigKey BROKER_ID = SECTION.key("broker.id", INT, "-1")
            .doc("The older name of `node.id`. If both are set, they must be equal.");
    public static final ConfigKey BROKER_RACK =
            SECTION.key("broker.rack", STRING, null).doc("The rack that this broker tells clients it stands in.");
    static final ConfigKey LOG_DIRS = SECTION.key("log.dirs", LIST, null)
            .unlikeKafka("Exactly one folder is taken.")
            .doc("The folder that all data is kept in. It is made if it is not there. Stronger than `log.dir`.");
    static final ConfigKey LOG_DIR = SECTION.key("log.dir", LIST, "ottla-data")
            .unlikeKafka("Kafka's default is below `/tmp`, where systems delete files.")
            .doc("The folder that all data is kept in, if `log.dirs` is not set.");

    private IdentityKeys() {}
}
