/** The handlers that append, and what they share. */
package io.ottla.server.produce;
