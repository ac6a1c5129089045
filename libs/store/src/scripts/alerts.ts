import { script, succeeded } from './script.js';

type AddAlert = { key: string; now: number; max: number; id: string; expiresAt: number; json: string };

/** Adds an alert to those of a key. Returns false if `max` others are active. */
export const addAlert = script('add-alert-1', {
  keys: ({ key }: AddAlert) => [key] as const,
  args: ({ now, max, id, expiresAt, json }) => [now, max, id, expiresAt, json],
  result: succeeded,
});
