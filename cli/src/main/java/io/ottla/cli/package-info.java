/** The command {@code ottla}: its options and its output. */
package io.ottla.cli;
