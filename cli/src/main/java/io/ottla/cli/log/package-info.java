/** The log of the command {@code ottla}. A broker that is part of another program logs where that program says. */
package io.ottla.cli.log;
