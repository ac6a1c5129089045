import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ProtocolError } from '#protocol';
import { EventStream, type Identity, type SendQueueOptions } from '#realtime';
import { clock } from '#store';
import { SEND_QUEUE } from '../realtime/realtime.module.js';
import { type EventSink, LongPollResponse, type Stream } from './event-sink.js';

/** Maximum number of streams of one user at one gateway. */
const MAX_STREAMS = 10;
/** Longest delay that setTimeout accepts. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A request for events over plain HTTP: by a held connection or by polling, and the id from which it continues. */
export type StreamRequest = {
  caller: Identity;
  transport: 'events' | 'poll';
  after: string | null;
  response: Response;
};

/** Serves streams over plain HTTP: limited per user, and closed when the token expires. */
@Injectable()
export class HttpStreamsService {
  readonly #open = new Map<string, number>();

  constructor(@Inject(SEND_QUEUE) private readonly sendQueue: SendQueueOptions) {}

  /**
   * Answers with a stream until the client has gone, the stream has ended or the token expires.
   * @throws {ProtocolError} TOO_MANY_STREAMS
   */
  async serve<Events extends object>(
    { caller, transport, after, response }: StreamRequest,
    make: (sink: EventSink<Events>) => Stream,
  ): Promise<void> {
    const user = `${caller.role} ${caller.userId}`;
    if ((this.#open.get(user) ?? 0) >= MAX_STREAMS) throw new ProtocolError('TOO_MANY_STREAMS');
    this.#count(user, 1);
    const closed = () => {
      clearTimeout(expiry);
      stream.close();
      this.#count(user, -1);
    };
    const sink: EventSink<Events> =
      transport === 'events'
        ? new EventStream(response, this.sendQueue, closed)
        : new LongPollResponse(response, after, closed);
    const expiry = setTimeout(() => sink.close(), Math.min(caller.expiresAt - clock.now(), MAX_TIMER_MS));
    const stream = make(sink);
    // It fails while Redis is unavailable; the client tries again.
    await stream.begin().catch(() => sink.fail());
  }

  #count(user: string, change: 1 | -1): void {
    const open = (this.#open.get(user) ?? 0) + change;
    if (open === 0) this.#open.delete(user);
    else this.#open.set(user, open);
  }
}
