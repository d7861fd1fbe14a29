/**
 * Passes requests from frames to handlers, and sends their responses. It contains only the handler of ApiVersions; the
 * families have the others.
 */
package io.ottla.server.request;
