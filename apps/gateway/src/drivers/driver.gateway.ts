import { Inject, Logger, UseInterceptors } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { NODE } from '#ops';
import {
  type Answer,
  type AnswerTo,
  CODES,
  FASTEST,
  type FeedPart,
  FeedResume,
  ProtocolError,
  Status,
} from '#protocol';
import {
  AckInterceptor,
  authenticateNamespace,
  type IdentifiedSocket,
  KeyedQueue,
  OnRequest,
  onFastPath,
  Tokens,
  toFailure,
} from '#realtime';
import { FeedsService } from '../feeds/feeds.service.js';
import { ConnectionsService } from '../presence/connections.service.js';
import { FixIngestService } from './fix-ingest.service.js';
import { ReconnectSnapshotService } from './reconnect-snapshot.service.js';

type DriverSocket = IdentifiedSocket<'/driver'>;
type FixesAnswer = Answer<AnswerTo<'/driver', 'fixes'>>;

/** The way in: what drivers send is acked when Redis has it. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/driver' })
export class DriverGateway implements OnGatewayInit<Namespace>, OnGatewayConnection<DriverSocket> {
  readonly #logger = new Logger('driver');
  readonly #statuses = new KeyedQueue();

  constructor(
    private readonly ingest: FixIngestService,
    private readonly snapshot: ReconnectSnapshotService,
    private readonly connections: ConnectionsService,
    private readonly feeds: FeedsService,
    private readonly tokens: Tokens,
    @Inject(NODE) private readonly node: string,
  ) {}

  afterInit(io: Namespace): void {
    authenticateNamespace(io, '/driver', this.tokens, this.node);
  }

  handleConnection(socket: DriverSocket): void {
    this.connections.opened(socket);
    // Until the processor says otherwise: to be a moment too fast costs little, to be too slow is seen by a rider.
    socket.emit('sampling', FASTEST);
    void this.#greet(socket).catch((error: unknown) => this.#log(error));
    const take = (fixes: unknown) => this.#take(socket.data.userId, fixes);
    const report = (answer: FixesAnswer) => reportProblems(socket, answer);
    onFastPath(socket, 'fixes', take, report);
    // The same over long polling. Bound directly: Nest's decorator costs three times the rest of the way.
    socket.on('fixes', (...args: unknown[]) => {
      // Whatever else a client sends stands before its acknowledgement function, if it has one.
      const ack = args.at(-1);
      if (typeof ack !== 'function') void take(args[0]).then(report);
      else take(args.length > 1 ? args[0] : undefined).then(ack as (answer: FixesAnswer) => void);
    });
  }

  @OnRequest('/driver', 'status')
  status(socket: DriverSocket, status: Status): Promise<void> {
    // Looking for a trip must not let a later one pass.
    return this.#statuses.run(socket, () => this.ingest.status(socket.data.userId, status));
  }

  @OnRequest('/driver', 'feed:resume')
  resume(socket: DriverSocket, { after }: FeedResume): Promise<FeedPart> {
    return this.feeds.resume(`driver:${socket.data.userId}`, after ?? null);
  }

  async #greet(socket: DriverSocket): Promise<void> {
    for await (const [event, payload] of this.snapshot.of(socket.data)) socket.emit(event, payload as never);
  }

  async #take(driverId: string, input: unknown): Promise<FixesAnswer> {
    try {
      return { ok: true, ...(await this.ingest.fixes(driverId, input)) };
    } catch (error) {
      this.#log(error);
      return toFailure(error);
    }
  }

  #log(error: unknown): void {
    if (!(error instanceof ProtocolError)) this.#logger.error(error);
  }
}

/** A client that sent fixes without an acknowledgement function hears only of those that were not taken. */
function reportProblems(socket: DriverSocket, answer: FixesAnswer): void {
  if (!answer.ok) {
    const { code, message, retry } = answer;
    socket.emit('refused', { event: 'fixes', code, message, retry });
  } else if (answer.rejected.length > 0) {
    const { rejected } = answer;
    const { code } = rejected[0]!;
    const { message, retry } = CODES[code];
    socket.emit('refused', { event: 'fixes', code, message, retry, rejected });
  }
}
