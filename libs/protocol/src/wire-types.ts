import type { z } from 'zod';
import type { Failure } from './codes.js';
import type { PlacedVehicle } from './fleet.js';
import type { Namespace } from './namespaces.js';
import type { WIRE } from './wire.js';

// The types of the table. Where `N` is a union, they are of what those namespaces have in common.

type Wire = typeof WIRE;

/** Names of the requests of a namespace. */
export type RequestOf<N extends Namespace> = keyof Wire[N]['requests'] & string;
/** Names of the pushes of a namespace. */
export type PushOf<N extends Namespace> = keyof Wire[N]['pushes'] & string;

type RequestIn<N extends Namespace, E extends string> = Wire[N]['requests'][E & keyof Wire[N]['requests']];
type PushIn<N extends Namespace, E extends string> = Wire[N]['pushes'][E & keyof Wire[N]['pushes']];

/** The payload of a request as a client sends it. */
export type Sent<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    payload: infer P extends z.ZodType;
  }
    ? z.input<P>
    : never;

/** The payload of a request as a handler takes it, parsed. */
export type Parsed<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    payload: infer P extends z.ZodType;
  }
    ? z.output<P>
    : never;

/** The answer to a request, without `ok`. */
export type AnswerTo<N extends Namespace, E extends RequestOf<N>> =
  RequestIn<N, E> extends {
    answer: infer A extends z.ZodType<object>;
  }
    ? z.output<A>
    : never;

/** The payload of a push. */
export type Pushed<N extends Namespace, E extends PushOf<N>> =
  PushIn<N, E> extends {
    payload: infer P extends z.ZodType<object>;
  }
    ? z.output<P>
    : never;

/** Names of the pushes of a namespace that are kept in a feed. */
export type KeptPushOf<N extends Namespace> = {
  [E in PushOf<N>]: PushIn<N, E> extends { kept: true } ? E : never;
}[PushOf<N>];

/** The arguments of a push: its payload, and the id of its entry where it comes from a feed. */
export type PushArguments<N extends Namespace, E extends PushOf<N>> =
  E extends KeptPushOf<N> ? [payload: Pushed<N, E>, id?: string] : [payload: Pushed<N, E>];

/** An answer as it goes over the wire. */
export type Answer<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Failure);

/** The requests of a namespace as an event map of Socket.IO. */
export type Requests<N extends Namespace> = {
  [E in RequestOf<N>]: (payload: Sent<N, E>, ack: (answer: Answer<AnswerTo<N, E>>) => void) => void;
};
/** The pushes of a namespace as an event map of Socket.IO. */
export type Pushes<N extends Namespace> = {
  [E in PushOf<N>]: (...args: PushArguments<N, E>) => void;
};

/** Events that only the streams over plain HTTP send, besides pushes. */
export type StreamEvents = {
  /** the cars near a pin, in place of all that were sent before */
  snapshot: { cars: PlacedVehicle[] };
  /** more was missed of a feed than is kept */
  reset: object;
};
