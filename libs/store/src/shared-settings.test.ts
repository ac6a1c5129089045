import { expect, test } from 'vitest';
import { differenceOf, sharedSettingsOf } from './shared-settings.js';

const config = { partitions: 4, silentMs: 30_000, installationSecret: 'a secret of at least 32 characters' };
const own = sharedSettingsOf(config);

test('a process with the same settings may start', () => {
  expect(differenceOf(own, { ...own })).toBeNull();
});

test.each([
  [{ partitions: '2' }, 'HEXFLEET_PARTITIONS=4: this installation uses 2'],
  [{ silentMs: '20000' }, 'HEXFLEET_SILENT_MS=30000: this installation uses 20000'],
  [{ secret: '0123456789abcdef' }, 'HEXFLEET_JWT_SECRET: this installation uses another secret'],
  [{ records: '2' }, 'this version of Hexfleet uses data version 1, this installation uses 2'],
  [{ wire: '2' }, 'this version of Hexfleet uses protocol version 1, this installation uses 2'],
  [{ partitions: '2>4' }, 'HEXFLEET_PARTITIONS is being changed from 2 to 4'],
])('a process that differs in %o is refused with one line', (stored, line) => {
  const difference = differenceOf(own, { ...own, ...stored })!;
  expect(difference).toContain(line);
  expect(difference).not.toContain('\n');
});

test('a processor without a secret may start beside processes that have one', () => {
  const { installationSecret: _, ...processor } = config;
  expect(sharedSettingsOf(processor)).not.toHaveProperty('secret');
  expect(differenceOf(sharedSettingsOf(processor), { ...own } as Record<string, string>)).toBeNull();
});

test('the stored fingerprint distinguishes secrets and contains neither', () => {
  const other = sharedSettingsOf({ ...config, installationSecret: `${config.installationSecret}!` });
  expect(other.secret).not.toBe(own.secret);
  expect(JSON.stringify(own)).not.toContain(config.installationSecret.slice(0, 8));
});
