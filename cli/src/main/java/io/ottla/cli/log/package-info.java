/** The log of the command {@code ottla}. An embedded broker logs to the slf4j provider of its program. */
package io.ottla.cli.log;
