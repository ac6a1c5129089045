import { Logger } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { type Answer, type AnswerTo, CODES, FASTEST, ProtocolError, Status } from '#protocol';
import { type IdentifiedSocket, KeyedQueue, OnRequest, onFastPath, requestError, toFailure } from '#realtime';
import { PartyGateway } from '../feeds/party.gateway.js';
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

  constructor(
    private readonly ingest: FixIngestService,
    private readonly devices: DriverDevices,
    private readonly snapshot: ReconnectSnapshotService,
  ) {
    super();
  }

  override handleConnection(socket: DriverSocket): void {
    super.handleConnection(socket);
    // Until the processor decides: reporting too often for a moment costs little, too rarely is visible to a rider.
    socket.emit('sampling', FASTEST);
    void this.#sendSnapshot(socket).catch((error: unknown) => this.#log(error, socket));
    const clock = new DeviceClock();
    const accept = (fixes: unknown) => this.#accept(socket, fixes, clock);
    const report = (answer: FixesAnswer) => reportProblems(socket, answer);
    onFastPath(socket, 'fixes', accept, report);
    // The same over long polling. Bound directly, because Nest's decorator costs three times the rest of the path.
    socket.on('fixes', (...args: unknown[]) => {
      // The acknowledgement function, if any, is the last argument, whatever else a client sends.
      const ack = args.at(-1);
      if (typeof ack !== 'function') void accept(args[0]).then(report);
      else accept(args.length > 1 ? args[0] : undefined).then(ack as (answer: FixesAnswer) => void);
    });
  }

  @OnRequest('/driver', 'status')
  status(socket: DriverSocket, status: Status): Promise<void> {
    // One at a time: a status that waits for its trip lookup must not be overtaken by a later one.
    return this.#statuses.run(socket, async () => {
      if (status !== 'offline') await this.devices.goOnline(socket);
      // The end of work on a device that is not followed is not the end of work of the driver.
      else if (this.devices.isReplaced(socket)) return;
      await this.ingest.status(socket.data.userId, status);
    });
  }

  async #sendSnapshot(socket: DriverSocket): Promise<void> {
    for await (const push of this.snapshot.of(socket.data)) {
      // A call for each, because the types relate an event only to its own payload.
      if (push.event === 'trip') socket.emit('trip', push.payload);
      else if (push.event === 'presence') socket.emit('presence', push.payload);
      else socket.emit('offer', push.payload);
    }
  }

  async #accept(socket: DriverSocket, input: unknown, clock: DeviceClock): Promise<FixesAnswer> {
    try {
      const admitting = this.devices.admit(socket);
      if (admitting !== null) await admitting;
      return { ok: true, ...(await this.ingest.fixes(socket.data.userId, input, clock)) };
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
