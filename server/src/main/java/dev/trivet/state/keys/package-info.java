/** The key space as etcd's v3 API defines it. */
@NullMarked
package dev.trivet.state.keys;

import org.jspecify.annotations.NullMarked;
