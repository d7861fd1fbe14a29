/** The broker: its assembly from providers, one handler for each API, configuration and the command line. */
module io.ottla.server {
    requires transitive io.ottla.api;
    requires io.ottla.codec;
    requires org.apache.commons.cli;
    requires org.agrona;
    requires org.slf4j;

    exports io.ottla.server;
}
