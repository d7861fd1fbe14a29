package io.ottla.api.transport;

/** Creates frame handlers. */
@FunctionalInterface
public interface FrameHandlerFactory {
    /**
     * Creates the handler of all frames that one agent reads. Called once for each agent, while the transport is
     * created.
     *
     * @param agent the agent whose thread will call the handler.
     * @return a handler, which only that thread will use.
     */
    FrameHandler create(NetworkAgent agent);
}
