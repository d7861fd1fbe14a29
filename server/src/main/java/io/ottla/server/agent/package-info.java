/** How work gets threads. */
package io.ottla.server.agent;
