import { Inject, Logger, UseInterceptors } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { NODE } from '#ops';
import {
  type Answer,
  type DriverPushes,
  type DriverRequests,
  FASTEST,
  type FeedPart,
  FeedResume,
  Refusal,
  type Rejection,
  Status,
} from '#protocol';
import {
  AnswerInterceptor,
  failureOf,
  guardNamespace,
  type IdentifiedSocket,
  onHotEvent,
  parsed,
  Tokens,
  Turns,
} from '#realtime';
import { FeedDesk } from './feed/feed-desk.js';
import { Greeting } from './greeting.js';
import { Intake } from './intake.js';
import { Users } from './presence/users.js';

type DriverSocket = IdentifiedSocket<DriverRequests, DriverPushes>;
type FixesAnswer = Answer<{ accepted: number; rejected: Rejection[] }>;

/** The way in: what drivers send is acked when Redis has it. */
@UseInterceptors(AnswerInterceptor)
@WebSocketGateway({ namespace: '/driver' })
export class DriverGateway implements OnGatewayInit<Namespace>, OnGatewayConnection<DriverSocket> {
  readonly #logger = new Logger('driver');
  readonly #statuses = new Turns();

  constructor(
    private readonly intake: Intake,
    private readonly greeting: Greeting,
    private readonly users: Users,
    private readonly feed: FeedDesk,
    private readonly tokens: Tokens,
    @Inject(NODE) private readonly node: string,
  ) {}

  afterInit(io: Namespace): void {
    guardNamespace(io, '/driver', this.tokens, this.node);
  }

  handleConnection(socket: DriverSocket): void {
    this.users.opened(socket);
    // Until the processor says otherwise: to be a moment too fast costs little, to be too slow is seen by a rider.
    socket.emit('sampling', FASTEST);
    void this.#greet(socket).catch((error: unknown) => this.#log(error));
    const take = (fixes: unknown) => this.#take(socket.data.userId, fixes);
    onHotEvent(socket, 'fixes', take);
    // The same over long polling. Bound directly: Nest's decorator costs three times the rest of the way.
    socket.on('fixes', (...args: unknown[]) => {
      // The guard has seen that the last argument is a function; whatever else a client sends stands before it.
      const ack = args.at(-1) as (answer: FixesAnswer) => void;
      take(args.length > 1 ? args[0] : undefined).then(ack);
    });
  }

  @SubscribeMessage('status')
  status(
    @ConnectedSocket() socket: DriverSocket,
    @MessageBody(parsed(Status)) status: Status,
  ): Promise<void> {
    // Looking for a trip must not let a later one pass.
    return this.#statuses.take(socket, () => this.intake.status(socket.data.userId, status));
  }

  @SubscribeMessage('feed:resume')
  resume(
    @ConnectedSocket() socket: DriverSocket,
    @MessageBody(parsed(FeedResume)) { after }: FeedResume,
  ): Promise<FeedPart> {
    return this.feed.resume(`driver:${socket.data.userId}`, after ?? null);
  }

  async #greet(socket: DriverSocket): Promise<void> {
    for await (const [event, payload] of this.greeting.of(socket.data)) socket.emit(event, payload as never);
  }

  async #take(driverId: string, input: unknown): Promise<FixesAnswer> {
    try {
      return { ok: true, ...(await this.intake.fixes(driverId, input)) };
    } catch (error) {
      this.#log(error);
      return failureOf(error);
    }
  }

  #log(error: unknown): void {
    if (!(error instanceof Refusal)) this.#logger.error(error);
  }
}
