package io.ottla.api.transport;

/** Makes frame handlers. */
@FunctionalInterface
public interface FrameHandlerFactory {
    /**
     * The handler of all frames that one agent reads. Called once for each agent, while the transport is created.
     *
     * @param agent the agent whose thread will call the handler.
     * @return a handler, which only that thread will touch.
     */
    FrameHandler create(NetworkAgent agent);
}
