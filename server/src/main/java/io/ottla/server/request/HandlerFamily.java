package io.ottla.server.request;

import java.util.List;

/**
 * Creates the handlers of related APIs, and has the objects that they share. A family is created when the broker has
 * opened its parts, and gets only those that it uses. All network agents share the family; each agent has its own
 * handlers.
 */
public interface HandlerFamily {
    /**
     * Creates the family's handlers for one network agent.
     *
     * @param agent the agent.
     * @return one handler for each API of the family.
     */
    List<ApiHandler<?>> handlers(HandlerAgent agent);
}
