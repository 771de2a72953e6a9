package dev.trivet.api.etcd;

import static org.awaitility.Awaitility.await;

import dev.trivet.api.ApiCluster;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All that comes on one stream, and how it ended. */
final class Inbox<M> implements StreamObserver<M> {
  private final List<M> messages = new ArrayList<>();
  private boolean isCompleted;
  private @Nullable Throwable failure;

  @Override
  public synchronized void onNext(M message) {
    messages.add(message);
  }

  @Override
  public synchronized void onError(Throwable thrown) {
    failure = thrown;
  }

  @Override
  public synchronized void onCompleted() {
    isCompleted = true;
  }

  synchronized List<M> messages() {
    return List.copyOf(messages);
  }

  synchronized boolean isCompleted() {
    return isCompleted;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  List<M> awaitCount(int count) {
    return awaitThat(all -> all.size() >= count);
  }

  List<M> awaitThat(Predicate<List<M>> condition) {
    return await().atMost(ApiCluster.PATIENCE).until(this::messages, condition);
  }
}
