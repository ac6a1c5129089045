import { Logger } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  type Acked,
  type Answer,
  type AnswerTo,
  CODES,
  FASTEST,
  type Failure,
  ProtocolError,
  Status,
} from '#protocol';
import {
  type Ack,
  hasCountedAcks,
  type IdentifiedSocket,
  KeyedQueue,
  OnRequest,
  onFastPath,
  requestError,
  toFailure,
} from '#realtime';
import { clock, DriverFleets, DriverLogs, FixAppender } from '#store';
import { PartyGateway } from '../feeds/party.gateway.js';
import { AckDelay, ackDelayMs } from './ack-delay.js';
import { CountedAcks, isNumbered } from './counted-acks.js';
import { DeviceClock } from './device-clock.js';
import { DriverDevices } from './driver-devices.js';
import { FixIngestService } from './fix-ingest.service.js';
import { ReconnectSnapshotService } from './reconnect-snapshot.service.js';

type DriverSocket = IdentifiedSocket<'/driver'>;
type FixesAnswer = Answer<AnswerTo<'/driver', 'fixes'>>;

/** Requests of drivers: fixes, which are acked once Redis has them, and status. */
@WebSocketGateway({ namespace: '/driver' })
export class DriverGateway extends PartyGateway<'/driver'> {
  readonly #logger = new Logger('driver');
  readonly #statuses = new KeyedQueue();
  readonly #counts = new KeyedQueue();
  /** resolves once the fleet of the driver is stored; null after that */
  readonly #declared = new WeakMap<DriverSocket, Promise<void> | null>();
  readonly #counted = new WeakMap<DriverSocket, CountedAcks>();
  readonly #ackDelay: AckDelay;

  constructor(
    private readonly ingest: FixIngestService,
    private readonly devices: DriverDevices,
    private readonly snapshot: ReconnectSnapshotService,
    private readonly fleets: DriverFleets,
    private readonly logs: DriverLogs,
    appender: FixAppender,
  ) {
    super();
    this.#ackDelay = new AckDelay(() => ackDelayMs(appender.eventsPerS));
  }

  override handleConnection(socket: DriverSocket): void {
    super.handleConnection(socket);
    this.#logConnection(socket);
    // Until the processor decides: reporting too often for a moment costs little, too rarely is visible to a rider.
    socket.emit('sampling', FASTEST);
    void this.#sendSnapshot(socket).catch((error: unknown) => this.#log(error, socket));
    const deviceClock = new DeviceClock();
    const push = onFastPath(socket, 'fixes', (args, ack: Ack<FixesAnswer> | null) => {
      const accept = () => this.#accept(socket, args[0], deviceClock);
      if (ack !== null) void accept().then(ack);
      else if (counted !== null && isNumbered(args[1], args[2]))
        counted.take(args[1] as number, args[2] as number, accept);
      else void accept().then((answer) => reportProblems(socket, answer));
    });
    const counted = hasCountedAcks(socket) ? this.#count(socket, (acked) => push('acked', acked)) : null;
  }

  @OnRequest('/driver', 'fixes:count')
  async count(socket: DriverSocket): Promise<{ number: number }> {
    const number = await this.#counts.run(socket, async () => this.#counted.get(socket)?.count() ?? 0);
    return { number };
  }

  @OnRequest('/driver', 'status')
  status(socket: DriverSocket, status: Status): Promise<void> {
    // One at a time: a status that waits for its trip lookup must not be overtaken by a later one.
    return this.#statuses.run(socket, async () => {
      await this.#declareFleet(socket);
      if (await this.devices.declares(socket, status)) await this.ingest.status(socket.data.userId, status);
    });
  }

  /** Stores the fleet of the token once per connection; null once it is stored, which spares nearly all fixes a turn. */
  #declareFleet(socket: DriverSocket): Promise<void> | null {
    const known = this.#declared.get(socket);
    if (known !== undefined) return known;
    const { userId, fleet } = socket.data;
    // All fixes wait for the first ones, so that they keep their order.
    const declaring = this.fleets.store(userId, fleet);
    this.#declared.set(socket, declaring);
    declaring.then(
      () => this.#declared.set(socket, null),
      () => this.#declared.delete(socket),
    );
    return declaring;
  }

  #count(socket: DriverSocket, acked: (acked: Acked) => void): CountedAcks {
    const refused = (failure: Failure & { number: number }) =>
      socket.emit('refused', { event: 'fixes', ...failure });
    const counted = new CountedAcks({ acked, refused }, this.#ackDelay);
    this.#counted.set(socket, counted);
    socket.once('disconnect', () => counted.close());
    return counted;
  }

  #logConnection(socket: DriverSocket): void {
    const { userId, deviceId = '' } = socket.data;
    this.logs.add(userId, { kind: 'connected', at: clock.now(), deviceId });
    socket.once('disconnect', (reason) =>
      this.logs.add(userId, { kind: 'disconnected', at: clock.now(), reason }),
    );
  }

  async #sendSnapshot(socket: DriverSocket): Promise<void> {
    for await (const push of this.snapshot.of(socket.data)) {
      // A call for each, because the types relate an event only to its own payload.
      if (push.event === 'trip') socket.emit('trip', push.payload);
      else if (push.event === 'presence') socket.emit('presence', push.payload);
      else if (push.event === 'status:changed') socket.emit('status:changed', push.payload);
      else socket.emit('offer', push.payload);
    }
  }

  async #accept(socket: DriverSocket, input: unknown, deviceClock: DeviceClock): Promise<FixesAnswer> {
    try {
      const admitting = this.devices.admit(socket);
      if (admitting !== null) await admitting;
      const declaring = this.#declareFleet(socket);
      if (declaring !== null) await declaring;
      return { ok: true, ...(await this.ingest.fixes(socket.data.userId, input, deviceClock)) };
    } catch (error) {
      this.#log(error, socket, 'fixes');
      return toFailure(error);
    }
  }

  /** Logs unexpected errors only, with the ids of the request. */
  #log(error: unknown, socket: DriverSocket, event?: string): void {
    if (!(error instanceof ProtocolError)) this.#logger.error(requestError(error, socket, event));
  }
}

/** Pushes `refused` to a client that sent fixes without an acknowledgement function; success is silent. */
function reportProblems(socket: DriverSocket, answer: FixesAnswer): void {
  if (!answer.ok) {
    const { code, message, retry } = answer;
    socket.emit('refused', { event: 'fixes', code, message, retry });
  } else if (answer.rejected.length > 0) {
    const { rejected } = answer;
    const { code, message } = rejected[0]!;
    const { retry } = CODES[code];
    socket.emit('refused', { event: 'fixes', code, message, retry, rejected });
  }
}
