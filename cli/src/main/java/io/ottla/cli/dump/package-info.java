/**
 * The command {@code ottla dump-log}, which prints the contents of a storage's files. It is loaded only if it is used.
 */
package io.ottla.cli.dump;
