/** The command {@code ottla}, which runs a broker in a process of its own. */
module io.ottla.cli {
    requires io.ottla.codec;
    requires io.ottla.server;
    requires org.apache.commons.cli;
    requires org.slf4j;
}
