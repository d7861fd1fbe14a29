/** Serves the APIs that describe and alter configurations. */
package io.ottla.server.settings;
