import type { Code } from '#protocol';
import { HexfleetError } from '#sdk';

/** Texts for error codes, each without a full stop. English has none, because the service's own are English. */
export const ERRORS = {} as Record<Code, string>;

const known = (code: string): string | undefined => ERRORS[code as Code];

/** Returns why a request failed, without a full stop. */
export const errorText = (error: unknown): string =>
  (error instanceof HexfleetError ? known(error.code) : undefined) ??
  (error instanceof Error ? error.message : String(error));
