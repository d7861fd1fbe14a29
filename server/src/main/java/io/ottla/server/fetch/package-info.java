/** Serves the APIs that read logs. */
package io.ottla.server.fetch;
