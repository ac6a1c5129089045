import { afterAll, afterEach, expect, test, vi } from 'vitest';

/** Loads the formats as a page with these languages and choices does. */
async function formatsFor(languages: string[], choices: Record<string, string> = {}) {
  vi.resetModules();
  vi.stubGlobal('navigator', { languages });
  vi.stubGlobal('window', { localStorage: { getItem: (key: string) => choices[key] ?? null } });
  return { ...(await import('./format.js')), ...(await import('./lengths.js')) };
}

afterEach(() => vi.unstubAllGlobals());
// Other files of this worker get formats of their own.
afterAll(() => vi.resetModules());

const METRES = [0, 4, 640, 994, 995, 2_449, 9_949, 9_950, 21_400, 1_234_567];

test('distances are in metres and kilometres', async () => {
  const { distanceText } = await formatsFor(['en-IE']);
  expect(METRES.map(distanceText)).toEqual([
    '0 m',
    '0 m',
    '640 m',
    '990 m',
    '1.0 km',
    '2.4 km',
    '9.9 km',
    '10 km',
    '21 km',
    '1,235 km',
  ]);
});

test('distances are in feet and miles where roads are measured in them', async () => {
  const { distanceText } = await formatsFor(['en-US']);
  expect([0, 40, 160, 297, 298, 2_449, 15_900, 16_100, 34_000].map(distanceText)).toEqual([
    '0 ft',
    '150 ft',
    '500 ft',
    '950 ft',
    '0.2 mi',
    '1.5 mi',
    '9.9 mi',
    '10 mi',
    '21 mi',
  ]);
});

test('speeds, heights and limits follow the units, and a choice wins over the region', async () => {
  const kilometres = await formatsFor(['en-US'], { 'hexfleet-units': 'metric' });
  expect([kilometres.speedText(13.9), kilometres.lengthText(100), kilometres.limitText(5_000)]).toEqual([
    '50 km/h',
    '100 m',
    '5 km',
  ]);
  const miles = await formatsFor(['en-IE'], { 'hexfleet-units': 'imperial' });
  expect([miles.speedText(13.4), miles.lengthText(100), miles.limitText(5_000)]).toEqual([
    '30 mph',
    '328 ft',
    '3 mi',
  ]);
});

test('Spanish numbers have their own separators', async () => {
  const spain = await formatsFor(['es-ES']);
  expect([spain.distanceText(2_449), spain.count(12_345), spain.age(400), spain.decimal(0.5)]).toEqual([
    '2,4 km',
    '12.345',
    '0,4 s',
    '0,5',
  ]);
  const mexico = await formatsFor(['es-MX']);
  expect([mexico.distanceText(2_449), mexico.count(12_345)]).toEqual(['2.4 km', '12,345']);
});

test('the clock has 12 or 24 hours by the region, or as the user chose', async () => {
  const at = new Date(2026, 0, 2, 17, 5);
  const shown = async (languages: string[], clock?: string) => {
    const { timeFormat } = await formatsFor(
      languages,
      clock === undefined ? {} : { 'hexfleet-clock': clock },
    );
    return timeFormat({ timeStyle: 'short' }).format(at).replace(/\s/g, ' ');
  };
  expect(await shown(['en-US'])).toBe('5:05 PM');
  expect(await shown(['en-US'], 'h23')).toBe('17:05');
  expect(await shown(['en-IE'])).toBe('17:05');
  expect(await shown(['en-IE'], 'h12')).toBe('05:05 pm');
  expect(await shown(['es-ES'])).toBe('17:05');
});

test('the remaining time counts down in minutes, and the last one lasts until the car arrives', async () => {
  const { quantityText, remaining } = await formatsFor(['en-IE']);
  const shown = (seconds: number) => quantityText(remaining(seconds * 1_000));
  expect([600, 599, 541, 540, 61, 60, 5, 0, -90].map(shown)).toEqual(
    ['10', '10', '10', '9', '2', '1', '1', '1', '1'].map((value) => `${value} min`),
  );
});

test('an age has tenths below ten seconds, and minutes from 90 seconds', async () => {
  const { age, wholeAge } = await formatsFor(['en-IE']);
  expect([-5, 440, 9_949, 9_950, 89_999, 90_000, 200_000].map(age)).toEqual([
    '0.0 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '90 s',
    '2 min',
    '3 min',
  ]);
  expect([0, 4_400, 12_000, 200_000].map(wholeAge)).toEqual(['0 s', '4 s', '12 s', '3 min']);
});
