import { CODES, type Code, type Failure } from '#protocol';

/** What fails on this side, without a refusal of the service. The same shape as the codes of the service. */
export const CLIENT_CODES = {
  /** the client was closed, or its token refused, while something was waited for */
  CLOSED: { retry: true, message: 'The client is closed; connect it again' },
  /** there is no receiver, or the page may not ask for one */
  NO_GEOLOCATION: { retry: false, message: 'There is no geolocation here; a page needs HTTPS for it' },
  /** the user or the browser said no */
  PERMISSION_DENIED: { retry: false, message: 'Reading the position was not allowed' },
} as const satisfies Record<string, { retry: boolean; message: string }>;

/** A code of {@link CLIENT_CODES}. */
export type ClientCode = keyof typeof CLIENT_CODES;

/** A request that the service refused, or that got no answer in time (`UNAVAILABLE`), or what failed on this side. */
export class HexfleetError extends Error {
  /** what was wrong: a code of the protocol, or of {@link CLIENT_CODES} */
  readonly code: Code | ClientCode;
  /** whether the same request may succeed later, unchanged */
  readonly retry: boolean;

  /** @param failure as it came over the wire, or made here */
  constructor(failure: Failure | { code: ClientCode; message: string; retry: boolean }) {
    super(failure.message);
    this.name = 'HexfleetError';
    this.code = failure.code;
    this.retry = failure.retry;
  }
}

export const unavailable = (message: string): HexfleetError =>
  new HexfleetError({ code: 'UNAVAILABLE', retry: CODES.UNAVAILABLE.retry, message });

export const failedHere = (code: ClientCode): HexfleetError =>
  new HexfleetError({ code, ...CLIENT_CODES[code] });

/** Whether the same may succeed later, unchanged: nothing but a refusal says that it cannot. */
export const isFinal = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;
