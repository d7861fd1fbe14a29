/** Serves the APIs of producers. */
package io.ottla.server.produce;
