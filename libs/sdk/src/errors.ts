import { CODES, type Code, type Failure } from '#protocol';

/** A request that the service refused or that got no answer in time (`UNAVAILABLE`). */
export class HexfleetError extends Error {
  /** what was wrong */
  readonly code: Code;
  /** whether the same request may succeed later, unchanged */
  readonly retry: boolean;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'HexfleetError';
    this.code = failure.code;
    this.retry = failure.retry;
  }
}

export const unavailable = (message: string): HexfleetError =>
  new HexfleetError({ code: 'UNAVAILABLE', retry: CODES.UNAVAILABLE.retry, message });
