/** etcd's API as unmodified clients see it. */
@NullMarked
package dev.trivet.api.etcd;

import org.jspecify.annotations.NullMarked;
