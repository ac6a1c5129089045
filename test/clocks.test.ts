import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Files that mean the time of the device, and why. */
const DEVICE_TIME: Record<string, string> = {
  'libs/sdk/src/connection/clock.ts': 'measures how far the device is off',
  'libs/sdk/src/connection/token.ts': 'notices that the device has slept',
  'libs/sdk/src/outbox/fix-times.ts': 'age of a fix by the clock that dated it',
  'web/src/apps/driver/demo-drive.ts': 'dates a fix, as a device does',
  'web/src/bench/fleet.ts': 'has no service',
  'web/src/shared/app/LastTrip.tsx': 'time of day on the screen of the device',
  'web/src/shared/app/last-trip.ts': 'kept and read by one device, without the service',
  'web/src/shared/ui/Arrival.tsx': 'time of day on the screen of the device',
};

test('pages and the sdk compare times of the service with its own clock, never with that of the device', () => {
  const files = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', 'web', 'libs/sdk'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  )
    .split('\n')
    .filter((path) => /(?<!\.test)\.tsx?$/.test(path));
  const using = files.filter((path) => /Date\.now|new Date\(\)/.test(readFileSync(`${ROOT}${path}`, 'utf8')));
  expect(using).toEqual(Object.keys(DEVICE_TIME));
});
