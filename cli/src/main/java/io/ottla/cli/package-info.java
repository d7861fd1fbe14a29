/** The command {@code ottla}: its options, and what it prints. */
package io.ottla.cli;
