package dev.trivet.api.etcd;

import dev.trivet.api.edge.Calls;
import dev.trivet.errors.ErrorCode;
import dev.trivet.proto.etcd.AlarmMember;
import dev.trivet.proto.etcd.AlarmRequest;
import dev.trivet.proto.etcd.AlarmType;
import dev.trivet.proto.log.Command;
import dev.trivet.proto.log.SpaceAlarm;
import dev.trivet.replicate.CommandLog;
import dev.trivet.state.alarms.SpaceAlarms;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * The cluster's alarms as etcd's API has them. Raising and lowering by hand is allowed as in etcd;
 * but a member raises and lowers its own for space by what it measures, a second later at most.
 */
final class Alarms {
  private final CommandLog log;
  private final Store store;

  Alarms(CommandLog log, Store store) {
    this.log = log;
    this.store = store;
  }

  /**
   * Does what a request wants and returns the alarms that it was about.
   *
   * @throws dev.trivet.errors.TrivetException INVALID_ARGUMENT when an alarm of no kind is to be
   *     raised, or an action is unknown
   */
  List<AlarmMember> run(AlarmRequest request) {
    return switch (request.getAction()) {
      case GET -> named(request);
      case ACTIVATE -> List.of(raise(request));
      case DEACTIVATE -> {
        List<AlarmMember> alarms = named(request);
        alarms.forEach(alarm -> set(alarm, false));
        yield alarms;
      }
      case UNRECOGNIZED -> throw ErrorCode.INVALID_ARGUMENT.exception("unknown action of an alarm");
    };
  }

  /** What a status says of them, in etcd's form. */
  List<String> errors() {
    return named(AlarmRequest.getDefaultInstance()).stream()
        .map(
            alarm ->
                alarm.getMemberID() == 0
                    ? "alarm:%s ".formatted(alarm.getAlarm())
                    : "memberID:%s alarm:%s "
                        .formatted(Long.toUnsignedString(alarm.getMemberID()), alarm.getAlarm()))
        .toList();
  }

  private AlarmMember raise(AlarmRequest request) {
    if (request.getAlarm() != AlarmType.NOSPACE && request.getAlarm() != AlarmType.CORRUPT) {
      throw ErrorCode.INVALID_ARGUMENT.exception("an alarm to raise is NOSPACE or CORRUPT");
    }
    AlarmMember alarm =
        AlarmMember.newBuilder()
            .setMemberID(request.getMemberID())
            .setAlarm(request.getAlarm())
            .build();
    set(alarm, true);
    return alarm;
  }

  /** The alarms that a request means; 0 stands for every member, NONE for every kind. */
  private List<AlarmMember> named(AlarmRequest request) {
    List<AlarmMember> alarms = new ArrayList<>();
    try (ReadView view = store.view()) {
      for (SpaceAlarms.Kind kind : SpaceAlarms.Kind.values()) {
        AlarmType type =
            switch (kind) {
              case SPACE -> AlarmType.NOSPACE;
              case CORRUPT -> AlarmType.CORRUPT;
            };
        if (request.getAlarm() == AlarmType.NONE || request.getAlarm() == type) {
          SpaceAlarms.members(view, kind).stream()
              .filter(member -> request.getMemberID() == 0 || request.getMemberID() == member)
              .map(member -> AlarmMember.newBuilder().setMemberID(member).setAlarm(type).build())
              .forEach(alarms::add);
        }
      }
    }
    return alarms;
  }

  private void set(AlarmMember alarm, boolean isRaised) {
    SpaceAlarm command =
        SpaceAlarm.newBuilder()
            .setMemberId(alarm.getMemberID())
            .setIsRaised(isRaised)
            .setIsCorrupt(alarm.getAlarm() == AlarmType.CORRUPT)
            .build();
    var _ =
        Calls.accepted(
            Calls.await(log.propose(Command.newBuilder().setSpaceAlarm(command).build())));
  }
}
