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
import { Metrics, NODE } from '#ops';
import {
  type Answer,
  type DriverPushes,
  type DriverRequests,
  FASTEST,
  type FeedPart,
  FeedResume,
  parseFixes,
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
import { FixAppender, orUnavailable, Trips } from '#store';
import { FeedDesk } from './feed/feed-desk.js';
import { Partners } from './presence/partners.js';
import { Users } from './presence/users.js';
import { offeredTrip } from './trips/trip-announcer.js';
import { TripDesk } from './trips/trip-desk.js';

type DriverSocket = IdentifiedSocket<DriverRequests, DriverPushes>;
type FixesAnswer = Answer<{ accepted: number; rejected: Rejection[] }>;

/** The way in: what drivers send is parsed, appended to the fix stream, and acked when Redis has it. */
@UseInterceptors(AnswerInterceptor)
@WebSocketGateway({ namespace: '/driver' })
export class DriverGateway implements OnGatewayInit<Namespace>, OnGatewayConnection<DriverSocket> {
  readonly #logger = new Logger('driver');
  readonly #statuses = new Turns();

  constructor(
    private readonly appender: FixAppender,
    private readonly trips: Trips,
    private readonly desk: TripDesk,
    private readonly users: Users,
    private readonly partners: Partners,
    private readonly feed: FeedDesk,
    private readonly tokens: Tokens,
    private readonly metrics: Metrics,
    @Inject(NODE) private readonly node: string,
  ) {}

  afterInit(io: Namespace): void {
    guardNamespace(io, '/driver', this.tokens, this.node);
  }

  handleConnection(socket: DriverSocket): void {
    this.users.opened(socket);
    // Until the processor says otherwise: to be a moment too fast costs little, to be too slow is seen by a rider.
    socket.emit('sampling', FASTEST);
    void this.#greet(socket).catch((error: unknown) => this.#failed(error));
    const take = (fixes: unknown) =>
      this.#take(socket.data.userId, fixes).catch((error: unknown) => this.#failed(error));
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
    return this.#statuses.take(socket, () => this.#declare(socket.data.userId, status));
  }

  @SubscribeMessage('feed:resume')
  resume(
    @ConnectedSocket() socket: DriverSocket,
    @MessageBody(parsed(FeedResume)) { after }: FeedResume,
  ): Promise<FeedPart> {
    return this.feed.resume(`driver:${socket.data.userId}`, after ?? null);
  }

  /** What was pushed while the driver was not connected is gone; where its trip stands is told again. */
  async #greet(socket: DriverSocket): Promise<void> {
    const trip = await this.desk.openOf(socket.data);
    if (trip === null) return;
    if (trip.offer === null) {
      socket.emit('trip', trip);
      await this.partners.introduce(socket, trip);
    } else if (trip.offer.expiresAt > Date.now()) socket.emit('offer', offeredTrip(trip, trip.offer));
  }

  async #declare(driverId: string, status: Status): Promise<void> {
    // An app that starts again in the middle of a trip says 'available' before it knows of the trip.
    const isOnTrip = async () => (await orUnavailable(this.trips.openOf(driverId))) !== null;
    const say = (change: Status) =>
      this.appender.append(driverId, [{ driverId, receivedAt: Date.now(), change }]);
    const onTrip = status === 'available' && (await isOnTrip());
    await say(onTrip ? 'busy' : status);
    // The trip may have ended while this was on its way.
    if (onTrip && !(await isOnTrip())) await say('available');
  }

  async #take(driverId: string, input: unknown): Promise<FixesAnswer> {
    const receivedAt = Date.now();
    const { fixes, rejected } = parseFixes(input, receivedAt);
    if (fixes.length > 0)
      await this.appender.append(
        driverId,
        fixes.map((fix) => ({ driverId, receivedAt, fix })),
      );
    this.metrics.taken.inc(fixes.length);
    this.metrics.flowed(fixes.length);
    for (const { code } of rejected) this.metrics.refuse(code);
    return { ok: true, accepted: fixes.length, rejected };
  }

  #failed(error: unknown): FixesAnswer {
    if (error instanceof Refusal) this.metrics.refuse(error.code);
    else this.#logger.error(error);
    return failureOf(error);
  }
}
