package dev.trivet.chaos.environment;

/** Something that may be done to nodes in one environment and not in another. */
public enum Capability {
  /** Nodes are Trivet's: its own API beside etcd's, its files, its members, its JVM. */
  TRIVET,
  /** Nodes are processes of this machine: signals, folders, flags at the next start. */
  PROCESSES,
  /** Nodes can be made to stand still with their sockets open. */
  PAUSES,
  /** Nodes can be cut off from each other, in one direction or both. */
  PARTITIONS,
  /** The network between nodes can be taken away from one, its address with it. */
  DISCONNECTS,
  /** Connections between nodes can be reset. */
  RESETS,
  /** Packets between nodes can be lost. */
  LOSS,
  /** What nodes say to each other can be made late. */
  DELAY,
  /** What a node sends can be limited in bytes a second. */
  RATE,
  /** A node can come back with another address under its name. */
  ADDRESSES,
  /** Each node's folder is a disk whose power can be cut and that can be full. */
  DISKS,
  /** Calls of a node to its clock and its disk can be answered otherwise. */
  SHIM,
  /** Processor and memory of a node can be limited. */
  CONTROL_GROUPS
}
