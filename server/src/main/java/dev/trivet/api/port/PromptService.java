package dev.trivet.api.port;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import java.util.Set;

/**
 * A service some of whose calls never wait on their thread: for the log, a disk or another node.
 * They run on the thread that reads their connection, which serves others too, because waking
 * another one costs more than they do.
 */
public interface PromptService extends BindableService {
  /** The calls that never wait. */
  Set<MethodDescriptor<?, ?>> promptCalls();
}
