import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { drawIcon, polygonsOf } from './icons.ts';
import { INSTALLABLE, manifestOf } from './manifests.ts';
import { compile, filesOf, shellOf } from './workers.ts';

const chunk = (code: string, more: object = {}) => ({
  type: 'chunk',
  code,
  imports: [],
  dynamicImports: [],
  ...more,
});
const BUNDLE = {
  'rider.html': {
    type: 'asset',
    source: '<link rel="stylesheet" href="/assets/rider-1.css"><script src="/assets/rider-1.js"></script>',
  },
  'driver.html': { type: 'asset', source: '<script src="/assets/driver-1.js"></script>' },
  'assets/rider-1.css': { type: 'asset', source: '' },
  'assets/rider-1.js': chunk('', {
    imports: ['assets/react-1.js'],
    dynamicImports: ['assets/map-1.js', 'assets/mapbox-1.js'],
    viteMetadata: { importedCss: new Set(['assets/late-1.css']), importedAssets: new Set() },
  }),
  'assets/react-1.js': chunk(''),
  'assets/map-1.js': chunk('new Worker("/assets/map-worker-1.js"); load("assets/map-worker-1.js")'),
  'assets/map-worker-1.js': chunk('', { dynamicImports: ['assets/rider-1.js'] }),
  'assets/mapbox-1.js': chunk(''),
  'assets/late-1.css': { type: 'asset', source: '' },
  'assets/driver-1.js': chunk('', { imports: ['assets/react-1.js'] }),
} as unknown as Parameters<typeof filesOf>[1];

test('a worker keeps what its page can load, without other pages and the library of Mapbox', () => {
  expect(filesOf('rider', BUNDLE)).toEqual([
    'assets/late-1.css',
    'assets/map-1.js',
    'assets/map-worker-1.js',
    'assets/react-1.js',
    'assets/rider-1.css',
    'assets/rider-1.js',
  ]);
  expect(filesOf('driver', BUNDLE)).toEqual(['assets/driver-1.js', 'assets/react-1.js']);
});

test('the version of a worker changes with its page and with its files', () => {
  const { version } = shellOf('rider', BUNDLE);
  const page = { ...BUNDLE['rider.html'], source: `${BUNDLE['rider.html' as never]} ` } as never;
  expect(shellOf('rider', BUNDLE).version).toBe(version);
  expect(shellOf('rider', { ...BUNDLE, 'rider.html': page }).version).not.toBe(version);
});

test('a worker is one script, which knows its page and no other', async () => {
  const code = await compile(shellOf('rider', BUNDLE));
  expect(code).toContain('/assets/rider-1.js');
  expect(code).not.toContain('driver-1');
  expect(code).not.toContain('import');
  expect(code).not.toContain('__SHELL__');
  expect(Buffer.byteLength(code)).toBeLessThan(8_000);
}, 30_000);

test('icons are drawn from the polygons of the drawing', () => {
  const polygons = polygonsOf(readFileSync(new URL('../icon.svg', import.meta.url), 'utf8'));
  expect(polygons.map(({ points }) => points.length)).toEqual([4, 6, 4]);
  const size = 16;
  const image = drawIcon(polygons, 32, size);
  expect(image.subarray(1, 4).toString()).toBe('PNG');
  expect(image.readUInt32BE(16)).toBe(size);
  const data = image.indexOf('IDAT');
  const rows = inflateSync(image.subarray(data + 4, data + 4 + image.readUInt32BE(data - 4)));
  const pixel = (x: number, y: number) => [...rows.subarray(y * (size * 3 + 1) + 1 + x * 3).subarray(0, 3)];
  // The corner is background, left of the middle is the hexagon, the middle is the arrow.
  expect([pixel(0, 0), pixel(4, 8), pixel(8, 8)]).toEqual([
    [0x14, 0x18, 0x1d],
    [0xee, 0xf2, 0xf5],
    [0x14, 0x18, 0x1d],
  ]);
});

test('a drawing with curves is refused, because they would be missing', () => {
  expect(() => polygonsOf('<path fill="#000000" d="M0 0C1 1 2 2 3 3Z" />')).toThrow('straight lines');
});

test.each(INSTALLABLE)('the manifest of the %s page is one that browsers install', (page) => {
  const { id, start_url, scope, name, short_name, display, icons } = manifestOf(page);
  expect([id, start_url, scope]).toEqual(Array(3).fill(`/${page}`));
  expect(name.length).toBeGreaterThan(short_name.length);
  expect(short_name.length).toBeLessThanOrEqual(12);
  expect(display).toBe('standalone');
  expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(icons.map(({ purpose }) => purpose)).toContain('maskable');
});
