import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import * as alerts from './alerts.js';
import * as audit from './audit.js';
import * as chats from './chats.js';
import * as common from './common.js';
import * as fleet from './fleet.js';
import * as notifications from './notifications.js';
import * as presence from './presence.js';
import { SCRIPT_NAMES, type Script, succeeded } from './script.js';
import * as settings from './settings.js';
import * as stream from './stream.js';
import * as trips from './trips.js';
import * as zoneEffects from './zone-effects.js';
import * as zones from './zones.js';

const folder = new URL('../lua/', import.meta.url);
const sourceOf = (name: string): string => readFileSync(new URL(`${name}.lua`, folder), 'utf8');
const keysIn = (text: string) => new Set([...text.matchAll(/KEYS\[(\d)\]/g)].map(([, n]) => Number(n)));
const countTo = (n: number) => new Set(Array.from({ length: n }, (_, i) => i + 1));

const { NO_UPDATE: _, partsOf: __, ...zoneScripts } = zones;
const scripts = Object.values({
  ...alerts,
  ...audit,
  ...chats,
  ...common,
  ...fleet,
  ...notifications,
  ...presence,
  ...settings,
  ...stream,
  ...trips,
  ...zoneEffects,
  ...zoneScripts,
}) as Array<Script<unknown, unknown>>;
/** Input of any script: every field has a value. */
const anyInput = new Proxy({}, { get: (_, field) => (field === 'sockets' ? [] : String(field)) });

test('every Lua script has one wrapper', () => {
  expect(scripts.map(({ script }) => script).toSorted()).toEqual(SCRIPT_NAMES.toSorted());
});

test.each(scripts.map((script) => [script.script, script] as const))(
  '%s has the number of keys of its name in its header, its body and its calls',
  (name, { keys }) => {
    const expected = Number(name.at(-1));
    const [, header, body] = /^--\[\[\n(.*?)\]\]\n(.*)$/s.exec(sourceOf(name))!;
    const documented = header!.match(/^KEYS\[\d\] {2}\S/gm)!;
    expect(documented.length).toBe(expected);
    expect(keysIn(documented.join())).toEqual(countTo(expected));
    for (const key of keysIn(body!)) expect(key).toBeLessThanOrEqual(expected);
    expect(keys(anyInput)).toHaveLength(expected);
  },
);

test.each(SCRIPT_NAMES)('%s documents each argument on its own line, and its result', (name) => {
  const [, header, body] = /^--\[\[\n(.*?)\]\]\n(.*)$/s.exec(sourceOf(name))!;
  const documented = [...header!.matchAll(/^ARGV\[(\d)\] {2}\S/gm)].map(([, n]) => Number(n));
  expect(documented).toEqual(documented.map((_, i) => i + 1));
  for (const [, n] of body!.matchAll(/ARGV\[(\d)\]/g)) expect(documented).toContain(Number(n));
  expect(header).toMatch(/^Returns {2}\S/m);
});

test('every other Lua file is included by a script', () => {
  const included = SCRIPT_NAMES.flatMap((name) =>
    [...sourceOf(name).matchAll(/^-- include (\S+)$/gm)].map(([, file]) => file!),
  );
  const others = readdirSync(folder)
    .map((file) => file.replace('.lua', ''))
    .filter((file) => !SCRIPT_NAMES.includes(file));
  expect([...new Set(included)].toSorted()).toEqual(others.toSorted());
});

test('a client gets a script as a command once, with its includes in place', async () => {
  const defined: Array<{ name: string; lua: string; numberOfKeys: number }> = [];
  const calls: unknown[][] = [];
  const client: Record<string, unknown> = {
    defineCommand: (name: string, definition: { lua: string; numberOfKeys: number }) => {
      defined.push({ name, ...definition });
      client[name] = async (...args: unknown[]) => {
        calls.push(args);
        return [];
      };
    },
  };
  const redis = client as unknown as Redis;
  const input = { region: '832a10fffffffff', cellCodes: ['000', '001'] };
  for (let i = 0; i < 2; i += 1) expect(await fleet.countDrivers(redis, input)).toEqual([]);
  expect(defined).toMatchObject([{ name: 'count-drivers-2', numberOfKeys: 2 }]);
  expect(defined[0]!.lua).toContain('local function cellKey');
  const keys = ['{832a10fffffffff}:drivers', '{832a10fffffffff}:whole'];
  expect(calls).toEqual([
    [...keys, '000 001'],
    [...keys, '000 001'],
  ]);
});

test('a script that did its work replies 1', () => {
  expect([succeeded(1), succeeded(0)]).toEqual([true, false]);
});
