package io.ottla.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;

/** Collects cases; each is written once and stands for every version that it applies to. */
final class CaseBook {
    /** A script with the version as a parameter. */
    @FunctionalInterface
    interface VersionedScript {
        void run(Peer peer, short version) throws IOException;
    }

    private final List<Case> cases = new ArrayList<>();

    /**
     * Adds a case at every stable version of an API.
     *
     * @param api    the API.
     * @param name   what is tried.
     * @param script the conversation.
     */
    void each(final ApiKeys api, final String name, final VersionedScript script) {
        each(api, name, 0, Short.MAX_VALUE, script);
    }

    /**
     * Adds a case at some versions of an API.
     *
     * @param api    the API.
     * @param name   what is tried.
     * @param from   the first version.
     * @param to     the last version; those that the API does not have are left out.
     * @param script the conversation.
     */
    void each(final ApiKeys api, final String name, final int from, final int to, final VersionedScript script) {
        final int first = Math.max(from, api.oldestVersion());
        final int last = Math.min(to, api.latestVersion(false));
        for (int version = first; version <= last; version++) {
            final short spoken = (short) version;
            cases.add(new Case(api, spoken, name, peer -> script.run(peer, spoken)));
        }
    }

    /**
     * Adds a case at chosen versions of an API, where the version changes only how it is written.
     *
     * @param api      the API.
     * @param name     what is tried.
     * @param versions the versions.
     * @param script   the conversation.
     */
    void at(final ApiKeys api, final String name, final int[] versions, final VersionedScript script) {
        for (final int version : versions) {
            each(api, name, version, version, script);
        }
    }

    List<Case> cases() {
        return cases;
    }
}
