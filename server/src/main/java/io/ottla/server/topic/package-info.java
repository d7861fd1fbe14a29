/** The handlers of topics and of the cluster, and what they share. */
package io.ottla.server.topic;
