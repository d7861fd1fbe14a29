/** The broker: its assembly from providers, one handler for each API, and the configuration. */
module io.ottla.server {
    requires transitive io.ottla.api;
    requires io.ottla.codec;
    requires org.agrona;
    requires org.slf4j;

    exports io.ottla.server;
}
