/**
 * The distribution's main class: the client's command line with {@code serve} added, the only place
 * that knows both the server and the client.
 */
@NullMarked
package dev.trivet.launch;

import org.jspecify.annotations.NullMarked;
