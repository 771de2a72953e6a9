/** Tests of certificates. */
@NullMarked
package dev.trivet.peer.tls;

import org.jspecify.annotations.NullMarked;
