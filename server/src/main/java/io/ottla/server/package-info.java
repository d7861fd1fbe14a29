/** A broker, assembled from providers of its parts; for embedding and for the command line. */
package io.ottla.server;
