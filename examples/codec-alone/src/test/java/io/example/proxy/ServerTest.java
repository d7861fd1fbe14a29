package io.example.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Checks that a server with only Ottla's codec answers Kafka's own client. */
class ServerTest {
    @Test
    void shouldAnswerKafkasOwnClient() throws Exception {
        try (Server server = new Server();
                Admin admin = Admin.create(Map.of("bootstrap.servers", server.address()))) {
            assertEquals(Set.of("greetings"), admin.listTopics().names().get(60, TimeUnit.SECONDS));
        }
    }
}
