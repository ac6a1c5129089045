import { CODES, type Code, isCode } from '#protocol';
import { HexfleetError } from '#sdk';

/** Texts for error codes, each without a full stop. English has none, because the service's own are English. */
export const ERRORS = {} as Record<Code, string>;

const known = (code: string): string | undefined => ERRORS[code as Code];

/** Returns the meaning of an error code, without a full stop. */
export const codeText = (code: string): string => known(code) ?? (isCode(code) ? CODES[code].message : code);

/** Returns why a request failed, without a full stop. */
export const errorText = (error: unknown): string =>
  (error instanceof HexfleetError ? known(error.code) : undefined) ??
  (error instanceof Error ? error.message : String(error));
