/** The command {@code ottla dump-log}: prints what is in a storage's files. It is loaded only if it is asked for. */
package io.ottla.cli.dump;
