/** Assembles a broker from providers of its parts. */
package io.ottla.server;
