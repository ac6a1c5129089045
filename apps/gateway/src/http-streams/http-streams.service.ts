import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ProtocolError, type ServiceState } from '#protocol';
import { EventStream, type Identity, type SendQueueOptions } from '#realtime';
import { clock } from '#store';
import { SEND_QUEUE } from '../realtime/realtime.module.js';
import { ServiceStateNotifier } from '../realtime/service-state.js';
import { type EventSink, LongPollResponse, type Stream } from './event-sink.js';
import type { Place } from './place.js';

/** Maximum number of streams of one user at one gateway. */
const MAX_STREAMS = 10;
/** Longest delay that setTimeout accepts. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A request for events over plain HTTP: by a held connection or by polling, and the place from which it continues. */
export type StreamRequest = Place & {
  caller: Identity;
  transport: 'events' | 'poll';
  response: Response;
};

/** Every stream of a client that watches has the state of the service. */
type WithState = { service: ServiceState };

/** Serves streams over plain HTTP: limited per user, and closed when the token expires. */
@Injectable()
export class HttpStreamsService {
  readonly #open = new Map<string, number>();

  constructor(
    @Inject(SEND_QUEUE) private readonly sendQueue: SendQueueOptions,
    private readonly service: ServiceStateNotifier,
  ) {}

  /**
   * Answers with a stream until the client has gone, the stream has ended or the token expires.
   * @throws {ProtocolError} TOO_MANY_STREAMS
   */
  async serve<Events extends WithState>(
    { caller, transport, after, service, response }: StreamRequest,
    make: (sink: EventSink<Events>) => Stream,
  ): Promise<void> {
    const user = `${caller.role} ${caller.userId}`;
    if ((this.#open.get(user) ?? 0) >= MAX_STREAMS) throw new ProtocolError('TOO_MANY_STREAMS');
    this.#count(user, 1);
    let isOver = false;
    let unfollow = () => {};
    const closed = () => {
      isOver = true;
      unfollow();
      clearTimeout(expiry);
      stream.close();
      this.#count(user, -1);
    };
    const sink: EventSink<Events> =
      transport === 'events'
        ? new EventStream(response, this.sendQueue, closed)
        : new LongPollResponse(response, { after, service }, closed);
    const expiry = setTimeout(() => sink.close(), Math.min(caller.expiresAt - clock.now(), MAX_TIMER_MS));
    const stream = make(sink);
    try {
      await stream.begin();
    } catch {
      // It fails while Redis is unavailable; the client tries again.
      return sink.fail();
    }
    if (isOver || caller.role === 'driver') return;
    const send = (state: ServiceState) => sink.send('service', state as Events['service']);
    unfollow = this.service.onChange(send);
    // A stream that goes on after a pause may have missed a change in either direction.
    const resumes = transport === 'events' && after !== null;
    if (resumes || this.service.state.state !== service) send(this.service.state);
  }

  #count(user: string, change: 1 | -1): void {
    const open = (this.#open.get(user) ?? 0) + change;
    if (open === 0) this.#open.delete(user);
    else this.#open.set(user, open);
  }
}
