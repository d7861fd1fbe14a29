/** From a frame to a handler and back. It knows no handler but that of ApiVersions: the others come in families. */
package io.ottla.server.request;
