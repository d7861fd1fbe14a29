package io.ottla.cli.dump;

import java.io.IOException;

/** Nobody reads the output any more, as when it goes to {@code head}. */
final class OutputClosedException extends IOException {
    private static final long serialVersionUID = 1L;
}
