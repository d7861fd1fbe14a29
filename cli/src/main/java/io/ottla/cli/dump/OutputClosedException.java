package io.ottla.cli.dump;

import java.io.IOException;

/** Thrown when the output is no longer read, such as a pipe to {@code head}. */
final class OutputClosedException extends IOException {
    private static final long serialVersionUID = 1L;
}
