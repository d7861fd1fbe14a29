package io.ottla.server;

import io.ottla.api.transport.NetworkAgent;

/**
 * What a handler is made with.
 *
 * @param broker the broker that the handlers of all agents share.
 * @param agent the agent that the handler belongs to.
 */
record HandlerContext(BrokerContext broker, NetworkAgent agent) {}
