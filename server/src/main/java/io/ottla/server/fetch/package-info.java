/** The handlers that read logs, and what they share. */
package io.ottla.server.fetch;
