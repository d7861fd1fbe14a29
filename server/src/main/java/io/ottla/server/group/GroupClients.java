package io.ottla.server.group;

import io.ottla.server.request.Request;

/** How groups name the clients of their members. */
final class GroupClients {
    private GroupClients() {}

    /**
     * What a client calls itself.
     *
     * @param request a request of the client.
     * @return the name; empty if it gave none.
     */
    static String idOf(final Request request) {
        return request.clientId() == null ? "" : request.clientId();
    }

    /**
     * Where a client is, in the form that Kafka's tools show.
     *
     * @param request a request of the client.
     * @return the address behind a slash.
     */
    static String hostOf(final Request request) {
        return '/' + request.session().clientHost();
    }
}
