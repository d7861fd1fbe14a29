/** Contract tests for each SPI, a manual clock, faults, and checks for leaks. */
package io.ottla.testkit;
