import { keys } from '../keys.js';
import { script } from './script.js';

type AddAudit = {
  /** days since 1970 */
  day: number;
  /** identifies equal entries */
  print: string;
  /** epoch ms */
  now: number;
  json: string;
  repeatedMs: number;
  ttlMs: number;
  actor: string;
  maxPerActor: number;
};

/** Adds an entry to the audit log, or counts it as a repetition. Returns its id, null if its actor has too many. */
export const addAudit = script('add-audit-3', {
  keys: ({ day, print }: AddAudit) => [...keys.audit(day), keys.auditRecent(day, print)] as const,
  args: ({ now, json, repeatedMs, ttlMs, actor, maxPerActor }) => [
    now,
    json,
    repeatedMs,
    ttlMs,
    actor,
    maxPerActor,
  ],
  result: (id: string) => id || null,
});
