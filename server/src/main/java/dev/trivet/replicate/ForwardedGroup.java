package dev.trivet.replicate;

import static java.util.Objects.requireNonNull;

import dev.trivet.errors.TrivetException;
import dev.trivet.peer.PeerErrors;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.peer.ProposeAnswer;
import dev.trivet.proto.peer.ProposeResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Commands that a follower handed over in one call: answered together once all are applied. */
final class ForwardedGroup {
  /** Far below the limit of a message, since one outcome may be large. */
  private static final int MESSAGE_BYTES = 256 << 10;

  private ForwardedGroup() {}

  static void propose(
      List<Command> commands,
      Function<List<Command>, List<CompletableFuture<Committed>>> log,
      StreamObserver<ProposeResponse> observer) {
    List<CompletableFuture<Committed>> proposed = log.apply(commands);
    List<CompletableFuture<ProposeAnswer>> answers = new ArrayList<>(proposed.size());
    for (int i = 0; i < proposed.size(); i++) {
      int place = i;
      answers.add(
          proposed.get(i).handle((committed, failure) -> answer(place, committed, failure)));
    }
    var _ =
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
            .whenComplete((_, _) -> send(answers, observer));
  }

  private static ProposeAnswer answer(
      int place, @Nullable Committed committed, @Nullable Throwable failure) {
    ProposeAnswer.Builder answer = ProposeAnswer.newBuilder().setPlace(place);
    if (committed != null) {
      return answer.setIndex(committed.index()).setOutcome(committed.outcome()).build();
    }
    TrivetException known = PeerErrors.known(requireNonNull(failure, "neither done nor failed"));
    return answer
        .setError(known.code().name())
        .setMessage(String.valueOf(known.getMessage()))
        .build();
  }

  private static void send(
      List<CompletableFuture<ProposeAnswer>> answers, StreamObserver<ProposeResponse> observer) {
    ProposeResponse.Builder message = ProposeResponse.newBuilder();
    int bytes = 0;
    for (CompletableFuture<ProposeAnswer> done : answers) {
      ProposeAnswer answer = done.join();
      if (bytes > 0 && bytes + answer.getSerializedSize() > MESSAGE_BYTES) {
        observer.onNext(message.build());
        message.clear();
        bytes = 0;
      }
      message.addAnswers(answer);
      bytes += answer.getSerializedSize();
    }
    observer.onNext(message.build());
    observer.onCompleted();
  }
}
