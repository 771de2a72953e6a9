/**
 * Who may do something alone: locks and elections over the key space. Start at {@link
 * dev.trivet.locks.Lock}; {@link dev.trivet.locks.Election} is a lock whose holder has something to
 * say. Both are a queue of keys below a prefix, each on its owner's lease: {@link
 * dev.trivet.locks.Place}.
 *
 * <p>They stand on the client library's public face alone, and understand with etcd's own clients
 * each other's keys.
 *
 * <p>Source: the recipe of etcd's client package "concurrency".
 */
@NullMarked
package dev.trivet.locks;

import org.jspecify.annotations.NullMarked;
