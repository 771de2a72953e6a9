/**
 * Programs of others that tests run unmodified, for the tests of all modules. {@link
 * dev.trivet.foreign.ForeignProgram} is the one way to demand one; {@link
 * dev.trivet.foreign.TestCertificates} is what openssl makes for tests of TLS.
 */
@NullMarked
package dev.trivet.foreign;

import org.jspecify.annotations.NullMarked;
