/** A broker, assembled from providers of its parts. */
package io.ottla.server;
