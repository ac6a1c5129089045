import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

type At = { key: string };

const only = ({ key }: At) => [key] as const;

/** Deletes a key if it holds `value`. Returns whether it did. */
export const deleteIfValue = script('delete-if-value-1', {
  keys: only,
  args: ({ value }: At & { value: string }) => [value],
  result: succeeded,
});

/** Removes a member of a sorted set if it has this score. Returns whether it did. */
export const removeIfScore = script('remove-if-score-1', {
  keys: only,
  args: ({ member, score }: At & { member: string; score: number }) => [member, score],
  result: succeeded,
});

/** Takes or renews a lease. Returns false if another holder has it. */
export const takeLease = script('take-lease-1', {
  keys: only,
  args: ({ holder, ttlMs }: At & { holder: string; ttlMs: number }) => [holder, ttlMs],
  result: succeeded,
});

/** Returns the time of Redis, epoch ms, with microseconds as a fraction. */
export const readTime = script('read-time-1', {
  keys: (_: object) => [keys.nodes] as const,
  args: () => [],
  result: (microseconds: string) => Number(microseconds) / 1_000,
});

type AdmitMember = At & { member: string; now: number; until: number; max: number };

/** Admits a member until `until`, epoch ms. Returns false if `max` others are in. */
export const admitMember = script('admit-member-1', {
  keys: only,
  args: ({ now, until, max, member }: AdmitMember) => [now, until, max, member],
  result: succeeded,
});

type AppendFeed = At & { now: number; maxEntries: number; ttlMs: number; json: string };

/** Appends an entry to a feed. Returns its id. */
export const appendFeed = script('append-feed-1', {
  keys: only,
  args: ({ now, maxEntries, ttlMs, json }: AppendFeed) => [now, maxEntries, ttlMs, json],
  result: (id: string) => id,
});

/** Entry that is never delivered, because it has expired. */
const BLANK = JSON.stringify({ event: 'erased', payload: {}, expiresAt: 1 });

/** @param before epoch ms; 0 for no age */
type BlankFeed = At & { before: number; texts: readonly string[] };

/** Empties the entries of a feed that are from before a time or contain one of the texts. Returns how many. */
export const blankFeed = script('blank-feed-1', {
  keys: only,
  args: ({ before, texts }: BlankFeed) => [BLANK, before, ...texts],
  result: (replaced: number) => replaced,
});
