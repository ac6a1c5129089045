import type { Code, Failure, NearestPlace } from '#protocol';

/**
 * `CLOSED`: the client was closed, or its token refused, before the call finished. `NO_GEOLOCATION`: the device has no
 * geolocation, or the page may not use it. `PERMISSION_DENIED`: the user or the browser denied access to the position.
 * `SOCKET_REQUIRED`: the request needs a socket, and the client is `degraded` to plain HTTP.
 */
export type ClientCode = 'CLOSED' | 'NO_GEOLOCATION' | 'PERMISSION_DENIED' | 'SOCKET_REQUIRED';

/** Meaning of a {@link ClientCode}. */
export type ClientCodeMeaning = {
  /** whether the same call may succeed later, unchanged */
  retry: boolean;
  /** for people */
  message: string;
};

/** Failures on the client's side, without a refusal of the service; same shape as the codes of the service. */
export const CLIENT_CODES: Record<ClientCode, ClientCodeMeaning> = {
  CLOSED: { retry: true, message: 'The client is closed; connect it again' },
  NO_GEOLOCATION: { retry: false, message: 'Geolocation is not available; a page needs HTTPS for it' },
  PERMISSION_DENIED: { retry: false, message: 'Permission to read the position was denied' },
  SOCKET_REQUIRED: {
    retry: true,
    message:
      'This request needs a socket, and only plain HTTP is available; try again when the client is online',
  },
};

/** A request that the service refused, one without an answer in time (`UNAVAILABLE`), or a failure on the client's side. */
export class HexfleetError extends Error {
  /** code of the protocol, or of {@link CLIENT_CODES} */
  readonly code: Code | ClientCode;
  /** whether the same request may succeed later, unchanged */
  readonly retry: boolean;
  /** minimum time until another attempt to connect, ms; 0 unless the service asks for more */
  readonly retryInMs: number;
  /** nearest place where a refused request would be accepted; null unless the refusal names one */
  readonly nearest: NearestPlace | null;

  /** Wraps a failure as it came over the wire, or as the client created it. */
  constructor(failure: (Failure | ({ code: ClientCode } & ClientCodeMeaning)) & { retryInMs?: number }) {
    super(failure.message);
    this.name = 'HexfleetError';
    this.code = failure.code;
    this.retry = failure.retry;
    this.retryInMs = failure.retryInMs ?? 0;
    this.nearest = ('nearest' in failure && failure.nearest) || null;
  }
}

/** Creates an error of the service. The codes of the protocol are not in the client, which would carry all of their messages. */
export const refusedWith = (code: Code, message: string, retry = false): HexfleetError =>
  new HexfleetError({ code, message, retry });

export const unavailable = (message: string): HexfleetError => refusedWith('UNAVAILABLE', message, true);

export const clientError = (code: ClientCode): HexfleetError =>
  new HexfleetError({ code, ...CLIENT_CODES[code] });

export const isClientCode = (code: Code | ClientCode): code is ClientCode => code in CLIENT_CODES;

/** @returns the refusal in an answer, also one with a code of a later version; null for anything else, such as the page of a proxy */
export const errorOf = (answer: unknown): HexfleetError | null =>
  isFailure(answer) ? new HexfleetError(answer) : null;

const isFailure = (answer: unknown): answer is Failure =>
  typeof answer === 'object' &&
  answer !== null &&
  'code' in answer &&
  typeof answer.code === 'string' &&
  'retry' in answer &&
  typeof answer.retry === 'boolean';

/** Whether the same request can never succeed unchanged. Only a refusal says so; any other error may pass. */
export const isFinal = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;
