/**
 * Defines every configuration key with its type, default, range and documentation, and how values are parsed and
 * described.
 */
package io.ottla.server.config;
