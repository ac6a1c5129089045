import type { AuditEntry, AuditQuery } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

const MAX_ENTRIES = 100_000;

/** Audit log of privileged actions, oldest first, capped at 100,000 entries. */
export class Audit {
  constructor(private readonly redis: RedisClient) {}

  /** Appends an entry. Perform the action only after this resolves. */
  async add(entry: Omit<AuditEntry, 'id'>): Promise<void> {
    const fields = Object.entries(entry).flat();
    await this.redis.xadd(keys.audit, 'MAXLEN', '~', MAX_ENTRIES, '*', ...fields);
  }

  /** Reads entries, newest first; `before` is the id of an entry. */
  async read({ limit, before }: AuditQuery): Promise<AuditEntry[]> {
    const end = before === undefined ? '+' : `(${before}`;
    return (await this.redis.xrevrange(keys.audit, end, '-', 'COUNT', limit)).map(entryOf);
  }
}

function entryOf([id, fields]: [id: string, fields: string[]]): AuditEntry {
  const entry: Record<string, string> = { id };
  for (let i = 0; i < fields.length; i += 2) entry[fields[i]!] = fields[i + 1]!;
  return { ...entry, at: Number(entry.at) } as AuditEntry;
}
