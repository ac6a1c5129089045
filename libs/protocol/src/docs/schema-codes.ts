import type { z } from 'zod';
import { type Code, isCode } from '../codes.js';

type Definition = {
  error?: (issue: object) => unknown;
  checks?: Array<{ _zod: { def: Definition } }>;
  [part: string]: unknown;
};

/** Returns the codes with which a schema refuses values, collected from its error messages. */
export function codesOf(schema: z.ZodType): Code[] {
  const codes = new Set<Code>();
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const definition = (value as { _zod?: { def: Definition } })._zod?.def;
    if (definition === undefined) {
      if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
        Object.values(value).forEach(visit);
      return;
    }
    const message = definition.error?.({});
    if (isCode(message)) codes.add(message);
    Object.values(definition).forEach(visit);
  };
  visit(schema);
  return [...codes];
}
