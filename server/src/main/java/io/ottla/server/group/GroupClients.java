package io.ottla.server.group;

import io.ottla.server.request.Request;

/** Names the clients of group members. */
final class GroupClients {
    private GroupClients() {}

    /**
     * Returns the client id.
     *
     * @param request a request of the client.
     * @return the client id; empty if there is none.
     */
    static String idOf(final Request request) {
        return request.clientId() == null ? "" : request.clientId();
    }

    /**
     * Returns the client's host, in the format of Kafka's tools.
     *
     * @param request a request of the client.
     * @return the address after a slash.
     */
    static String hostOf(final Request request) {
        return '/' + request.session().clientHost();
    }
}
