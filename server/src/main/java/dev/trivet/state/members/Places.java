package dev.trivet.state.members;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.log.Done;
import dev.trivet.proto.log.GiveUpPlace;
import dev.trivet.proto.log.KeepPlace;
import dev.trivet.proto.log.Outcome;
import dev.trivet.proto.log.PlaceRecord;
import dev.trivet.state.entry.EntryContext;
import dev.trivet.store.Cursor;
import dev.trivet.store.Rows;
import dev.trivet.store.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Places that are kept for nodes: rows of member ids. No address is in two of them. */
public final class Places {
  private static final int MAX_PLACES = 64;

  private Places() {}

  /**
   * Keeps a place, or changes one's addresses. Refusals: {@code PEER_URL_EXISTS}, {@code
   * TOO_MANY_LEARNERS}, {@code TOO_MANY_REQUESTS}, {@code MEMBER_NOT_FOUND}.
   */
  public static Outcome keep(EntryContext context, KeepPlace command) {
    PlaceRecord wanted = command.getPlace();
    PlaceRecord before = find(context.rows(), wanted.getId());
    List<PlaceRecord> others =
        all(context.rows()).stream().filter(each -> each.getId() != wanted.getId()).toList();
    if (command.getIsChange() && before == null) {
      return EntryContext.refuse(ErrorCode.MEMBER_NOT_FOUND);
    }
    if (others.stream().anyMatch(each -> haveCommon(each, wanted))) {
      return EntryContext.refuse(ErrorCode.PEER_URL_EXISTS);
    }
    if (!command.getIsChange()
        && wanted.getIsLearner()
        && others.stream().anyMatch(PlaceRecord::getIsLearner)) {
      return EntryContext.refuse(ErrorCode.TOO_MANY_LEARNERS);
    }
    if (others.size() >= MAX_PLACES) {
      return EntryContext.refuse(
          ErrorCode.TOO_MANY_REQUESTS, MAX_PLACES + " members are expected already");
    }
    PlaceRecord kept =
        before != null && command.getIsChange()
            ? wanted.toBuilder().setIsLearner(before.getIsLearner()).build()
            : wanted;
    context.rows().put(Table.PLACE, rowKey(kept.getId()), kept.toByteArray());
    return done();
  }

  public static Outcome giveUp(EntryContext context, GiveUpPlace command) {
    if (find(context.rows(), command.getId()) == null) {
      return EntryContext.refuse(ErrorCode.MEMBER_NOT_FOUND);
    }
    context.rows().delete(Table.PLACE, rowKey(command.getId()));
    return done();
  }

  /** All places, in the order of their ids. */
  public static List<PlaceRecord> all(Rows rows) {
    List<PlaceRecord> places = new ArrayList<>();
    try (Cursor cursor = rows.scan(Table.PLACE, new byte[0], null)) {
      while (cursor.next()) {
        places.add(parse(cursor.value()));
      }
    }
    return places;
  }

  private static @Nullable PlaceRecord find(Rows rows, long id) {
    byte[] row = rows.get(Table.PLACE, rowKey(id));
    return row == null ? null : parse(row);
  }

  private static boolean haveCommon(PlaceRecord one, PlaceRecord other) {
    return !Collections.disjoint(one.getAddressesList(), other.getAddressesList());
  }

  private static byte[] rowKey(long id) {
    return ByteBuffer.allocate(8).putLong(id).array();
  }

  private static PlaceRecord parse(byte[] row) {
    try {
      return PlaceRecord.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a place's row cannot be read", e);
    }
  }

  private static Outcome done() {
    return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
  }
}
