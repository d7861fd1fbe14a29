package io.ottla.interop;

import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A short conversation about one version of an API.
 *
 * @param api the API.
 * @param version the version of the API's messages.
 * @param name    what the case tries, in words joined by hyphens.
 * @param script  the conversation.
 */
record Case(ApiKeys api, short version, String name, Script script) {
    /** Names the case in reports: {@code PRODUCE v7 unknown-topic}. */
    @Override
    public String toString() {
        return api + " v" + version + " " + name;
    }
}
