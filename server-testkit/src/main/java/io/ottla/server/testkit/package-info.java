/** A whole broker on the thread of a test, and its clients. */
package io.ottla.server.testkit;
