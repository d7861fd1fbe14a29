/** Runs agents on threads: those of the network, those that have a thread only on demand, and worker threads. */
package io.ottla.server.agent;
