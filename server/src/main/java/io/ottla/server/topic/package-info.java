/** Serves the APIs of topics and of the cluster. */
package io.ottla.server.topic;
