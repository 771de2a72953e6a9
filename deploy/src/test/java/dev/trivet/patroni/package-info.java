/** Debian's Patroni and PostgreSQL on three Trivet nodes. */
@NullMarked
package dev.trivet.patroni;

import org.jspecify.annotations.NullMarked;
