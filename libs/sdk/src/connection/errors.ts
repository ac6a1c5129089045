import { CODES, type Code, type Failure } from '#protocol';

/**
 * `CLOSED`: the client was closed, or its token refused, while something was waited for. `NO_GEOLOCATION`: there is no
 * receiver, or the page may not ask for one. `PERMISSION_DENIED`: the user or the browser said no. `SOCKET_REQUIRED`: there is
 * no connection that this could be asked on, only events are read.
 */
export type ClientCode = 'CLOSED' | 'NO_GEOLOCATION' | 'PERMISSION_DENIED' | 'SOCKET_REQUIRED';

/** What a code of this side means. */
export type ClientCodeMeaning = {
  /** whether the same may succeed later, unchanged */
  retry: boolean;
  /** for people */
  message: string;
};

/** What fails on this side, without a refusal of the service. The same shape as the codes of the service. */
export const CLIENT_CODES: Record<ClientCode, ClientCodeMeaning> = {
  CLOSED: { retry: true, message: 'The client is closed; connect it again' },
  NO_GEOLOCATION: { retry: false, message: 'There is no geolocation here; a page needs HTTPS for it' },
  PERMISSION_DENIED: { retry: false, message: 'Reading the position was not allowed' },
  SOCKET_REQUIRED: {
    retry: true,
    message: 'Only events can be read just now; ask when the client is online',
  },
};

/** A request that the service refused, or that got no answer in time (`UNAVAILABLE`), or what failed on this side. */
export class HexfleetError extends Error {
  /** what was wrong: a code of the protocol, or of {@link CLIENT_CODES} */
  readonly code: Code | ClientCode;
  /** whether the same request may succeed later, unchanged */
  readonly retry: boolean;

  /** Of a failure as it came over the wire, or as it was made here. */
  constructor(failure: Failure | ({ code: ClientCode } & ClientCodeMeaning)) {
    super(failure.message);
    this.name = 'HexfleetError';
    this.code = failure.code;
    this.retry = failure.retry;
  }
}

export const unavailable = (message: string): HexfleetError =>
  new HexfleetError({ code: 'UNAVAILABLE', retry: CODES.UNAVAILABLE.retry, message });

/** As the service would refuse it. */
export const refusedWith = (code: Code): HexfleetError => {
  const { message, retry } = CODES[code];
  return new HexfleetError({ code, message, retry });
};

export const failedHere = (code: ClientCode): HexfleetError =>
  new HexfleetError({ code, ...CLIENT_CODES[code] });

/** Whether the same may succeed later, unchanged: nothing but a refusal says that it cannot. */
export const isFinal = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;
