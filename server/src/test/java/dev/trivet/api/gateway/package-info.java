/** etcd's JSON gateway, by an HTTP client. */
@NullMarked
package dev.trivet.api.gateway;

import org.jspecify.annotations.NullMarked;
