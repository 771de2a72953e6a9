/**
 * Trivet beside etcd, by etcd's own clients. {@link dev.trivet.conformance.EtcdctlScriptsTest}
 * plays the transcripts of {@code src/test/resources/etcdctl} with Debian's etcdctl against three
 * members of a real etcd and three nodes of Trivet, and the outputs must be equal line by line;
 * where they are not, the script says why.
 */
@NullMarked
package dev.trivet.conformance;

import org.jspecify.annotations.NullMarked;
