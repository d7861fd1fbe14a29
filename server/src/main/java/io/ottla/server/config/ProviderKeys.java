package io.ottla.server.config;

import static io.ottla.server.config.ConfigType.STRING;

/** The keys that name the providers of replaceable parts. The keys of a provider itself begin with that key. */
public final class ProviderKeys {
    static final KeySection SECTION = TransactionKeys.SECTION.next("Replaceable parts");

    public static final ConfigKey STORAGE = SECTION.key("ottla.storage", STRING, "mmap")
            .doc("The storage, by its provider's name: `mmap` stores files, `memory` loses everything at the end.");
    public static final ConfigKey TRANSPORT =
            SECTION.key("ottla.transport", STRING, "nio").doc("The transport, by its provider's name.");
    public static final ConfigKey CODEC =
            SECTION.key("ottla.codec", STRING, "kafka").doc("The protocol codec, by its provider's name.");
    public static final ConfigKey METADATA =
            SECTION.key("ottla.metadata", STRING, "log").doc("The metadata coordinator, by its provider's name.");
    public static final ConfigKey GROUP_COORDINATOR =
            SECTION.key("ottla.groups", STRING, "log").doc("The group coordinator, by its provider's name.");

    private ProviderKeys() {}
}
