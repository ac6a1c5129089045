import { keys } from '../keys.js';
import { script } from './script.js';

type AgreeSettings = { own: Readonly<Record<string, string>> };

/** Stores those settings that are not stored yet. Returns all stored ones. */
export const agreeSettings = script('agree-settings-1', {
  keys: (_: AgreeSettings) => [keys.settings] as const,
  args: ({ own }) => [JSON.stringify(own)],
  result: (reply: string[]): Record<string, string> =>
    Object.fromEntries(reply.flatMap((name, i) => (i % 2 === 0 ? [[name, reply[i + 1]!]] : []))),
});
