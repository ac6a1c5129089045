import type { z } from 'zod';
import type { Failure } from './codes.js';
import type { PlacedCar } from './fleet.js';
import type { Hello } from './hello.js';
import type { Namespace } from './namespaces.js';
import type { TripState } from './trips.js';
import type { WIRE } from './wire.js';

// Types derived from the table. Where `N` is a union, they cover what those namespaces have in common.

type Wire = typeof WIRE;

/** Names of the requests of a namespace. */
export type RequestOf<N extends Namespace> = keyof Wire[N]['requests'] & string;
/** Names of the pushes of a namespace. */
export type PushOf<N extends Namespace> = keyof Wire[N]['pushes'] & string;

type RequestIn<N extends Namespace, E extends string> = Wire[N]['requests'][E & keyof Wire[N]['requests']];
type PushIn<N extends Namespace, E extends string> = Wire[N]['pushes'][E & keyof Wire[N]['pushes']];

/** Payload of a request as a client sends it. */
export type Sent<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    payload: infer P extends z.ZodType;
  }
    ? z.input<P>
    : never;

/** Payload of a request as a handler receives it, parsed. */
export type Parsed<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    payload: infer P extends z.ZodType;
  }
    ? z.output<P>
    : never;

/** Answer to a request, without `ok`. */
export type AnswerTo<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    answer: infer A extends z.ZodType<object>;
  }
    ? z.output<A>
    : never;

/** Payload of a push. */
export type Pushed<N extends Namespace, E extends PushOf<N>> =
  PushIn<N, E> extends {
    payload: infer P extends z.ZodType<object>;
  }
    ? z.output<P>
    : never;

/** Payloads of the pushes of a namespace, by name. */
export type PushPayloads<N extends Namespace> = { [E in PushOf<N>]: Pushed<N, E> };

/** Names of the pushes of a namespace that are kept in a feed. */
export type KeptPushOf<N extends Namespace> = {
  [E in PushOf<N>]: PushIn<N, E> extends { kept: true } ? E : never;
}[PushOf<N>];

/** Arguments of a push: its payload, and the id of its entry if it comes from a feed. */
export type PushArguments<N extends Namespace, E extends PushOf<N>> =
  E extends KeptPushOf<N> ? [payload: Pushed<N, E>, id?: string] : [payload: Pushed<N, E>];

/** Answer on the wire. */
export type Answer<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Failure);

/** Requests of a namespace as an event map of Socket.IO. */
export type Requests<N extends Namespace> = {
  [E in RequestOf<N>]: (payload: Sent<N, E>, ack: (answer: Answer<AnswerTo<N, E>>) => void) => void;
};
/** Pushes of a namespace as an event map of Socket.IO. */
export type Pushes<N extends Namespace> = {
  [E in PushOf<N>]: (...args: PushArguments<N, E>) => void;
};

/** Events that only the HTTP streams send, besides pushes. */
export type StreamEvents = {
  /** cars near a pin; replaces all cars sent before */
  snapshot: { cars: PlacedCar[] };
  /** more entries of a feed were missed than are stored */
  reset: object;
  /** the trip has closed; the last event of its stream */
  end: { reason: TripState };
};

/** Events of the stream of a feed: `hello`, here named `ready`, then what a socket of the user receives. */
export type FeedStreamEvents = PushPayloads<'/rider'> &
  PushPayloads<'/driver'> &
  Pick<StreamEvents, 'reset'> & { ready: Hello };
/** Events of the stream of the cars near a pin. */
export type NearbyStreamEvents = Pick<
  PushPayloads<'/rider'>,
  'cars' | 'service' | 'area:alert' | 'area:withdrawn'
> &
  Pick<StreamEvents, 'snapshot'>;
/** Events of the stream of one trip. */
export type TripStreamEvents = Pick<
  PushPayloads<'/rider'>,
  'trip' | 'position' | 'gone' | 'eta' | 'service'
> &
  Pick<StreamEvents, 'end'>;
