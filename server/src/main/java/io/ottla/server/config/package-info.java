/** Every key of the configuration, once: its type, default, range and documentation; how they are parsed and described. */
package io.ottla.server.config;
