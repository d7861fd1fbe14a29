/** A partition: what is checked before an append, the state of its producers, appends, reads, epochs, flushing, and what waits for it. */
package io.ottla.server.partition;
