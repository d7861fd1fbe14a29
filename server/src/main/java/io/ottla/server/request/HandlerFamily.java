package io.ottla.server.request;

import java.util.List;

/**
 * The handlers of a concern, and what they share. A family is made when the broker has opened, with exactly the parts that it uses, and is shared by
 * all network agents; each of these has handlers of its own.
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
