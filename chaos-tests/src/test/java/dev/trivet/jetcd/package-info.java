/** jetcd, the Java client of etcd, unmodified, on three nodes that are processes of their own. */
@NullMarked
package dev.trivet.jetcd;

import org.jspecify.annotations.NullMarked;
