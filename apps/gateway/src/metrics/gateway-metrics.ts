import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics, Readiness } from '#ops';

/** Metrics of one gateway: connections, requests, trips, feeds and chats. Each event is counted by the gateway that handled it. */
@Injectable()
export class GatewayMetrics {
  readonly #registers;
  readonly handshakes: Counter;
  readonly acks: Histogram;
  readonly requests: Histogram;
  readonly tripsEnded: Counter;
  readonly matching: Histogram;
  readonly offers: Counter;
  readonly feedEntries: Counter;
  readonly chatMessages: Counter;
  readonly notifications: Counter;
  readonly #disconnects: Counter;

  constructor(metrics: Metrics, readiness: Readiness) {
    this.#registers = [metrics.registry];
    this.handshakes = this.#counter(
      'hexfleet_handshakes_total',
      'Handshakes of Socket.IO, by namespace and code: ok, or the code of the refusal',
      ['namespace', 'code'],
    );
    this.#disconnects = this.#counter(
      'hexfleet_disconnects_total',
      'Ended connections of Socket.IO, by namespace, reason and transport',
      ['namespace', 'reason', 'transport'],
    );
    this.acks = this.#histogram(
      'hexfleet_ack_seconds',
      'Time from the receipt of fixes until Redis had them and they could be acked',
      [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    );
    this.requests = this.#histogram(
      'hexfleet_http_request_seconds',
      'Duration of REST requests, by method, route and status; of a stream until its end',
      [0.005, 0.025, 0.1, 0.5, 2.5],
      ['method', 'route', 'status'],
    );
    this.tripsEnded = this.#counter(
      'hexfleet_trips_ended_total',
      'Ended trips, by outcome: completed, called_off or no_driver',
      ['outcome'],
    );
    this.matching = this.#histogram(
      'hexfleet_trip_match_seconds',
      'Time from the request of a trip until a driver accepted it',
      [1, 2.5, 5, 10, 20, 40, 80, 160, 320],
    );
    this.offers = this.#counter(
      'hexfleet_offers_ended_total',
      'Ended offers of trips to drivers, by outcome: accepted, taken, withdrawn (also declined), expired or cancelled',
      ['outcome'],
    );
    this.feedEntries = this.#counter('hexfleet_feed_entries_total', 'Entries of feeds, by event', ['event']);
    this.chatMessages = this.#counter(
      'hexfleet_chat_messages_total',
      'Messages in chats of trips, by sender',
      ['from'],
    );
    this.notifications = this.#counter(
      'hexfleet_notifications_total',
      'Notifications, by channel (push, webhook; any before it is known) and result: sent, retried, gone, refused, uncertain (no answer in time), expired or dropped',
      ['channel', 'result'],
    );
    new Gauge({
      name: 'hexfleet_draining',
      help: '1 while this gateway is stopping and asks its clients to move',
      registers: this.#registers,
      collect() {
        this.set('draining' in readiness.reasons ? 1 : 0);
      },
    });
  }

  /** Counts an ended connection. @param reason of Socket.IO, such as `ping timeout` */
  disconnected(namespace: string, reason: string, transport: string): void {
    this.#disconnects.inc({ namespace, reason: reason.replaceAll(' ', '_'), transport });
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: this.#registers });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): Histogram {
    return new Histogram({ name, help, buckets, labelNames, registers: this.#registers });
  }
}
