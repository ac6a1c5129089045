import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PublishedVersion, Zone } from '#protocol';
import { clock, connect, PublishedZones, ZoneVersions } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { regionOf } from '../fixtures/zones.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

let regions = 0;
const nextRegion = () => regionOf(regions++, 20);
const zone = (id: string): Zone => ({
  id,
  name: id,
  kind: 'no_go',
  polygons: [
    [
      [
        [10, 50],
        [11, 50],
        [11, 51],
      ],
    ],
  ],
  rules: { repeatAfterS: 600 },
  version: 1,
  updatedBy: 'u',
  at: 1,
});

describe.each([
  ['one Redis', startOne],
  ['a Redis Cluster of three masters', startCluster],
] as const)('on %s', (_, start) => {
  let testBed: StoreTestBed;
  let versions: ZoneVersions;
  const processes: PublishedZones[] = [];
  beforeAll(async () => {
    testBed = await start();
    versions = new ZoneVersions(testBed.client);
  });
  afterAll(async () => {
    for (const process of processes) process.stop();
    await testBed.stop();
  });

  const started = async (handlers = {}) => {
    const process = new PublishedZones(testBed.client);
    processes.push(process);
    await process.start(handlers);
    return process;
  };
  const publish = (region: string, expected: number, ...zones: Zone[]) =>
    versions.publish({ region, by: 'u', comment: 'why', restores: null, zones }, expected);
  const ids = (version: PublishedVersion | null) => version?.zones.map(({ id }) => id) ?? null;

  test('a version takes effect in all processes at the same moment, and each time has exactly one version', async () => {
    const region = nextRegion();
    const changes: Array<[number, number | null]> = [];
    const changed = (version: PublishedVersion, before: PublishedVersion | null) => {
      if (version.region === region) changes.push([version.version, before?.version ?? null]);
    };
    const [one, other] = [await started({ changed }), await started()];
    const first = (await publish(region, 0, zone('a')))!;
    expect(first).toMatchObject({ version: 1, zoneCount: 1, comment: 'why', restores: null });
    expect(first.effectiveAt - first.at).toBe(1_000);
    await vi.waitFor(() => expect(ids(one.at(region))).toEqual(['a']), { timeout: 5_000 });
    const second = (await publish(region, 1, zone('a'), zone('b')))!;
    await vi.waitFor(
      () => {
        for (const process of [one, other])
          expect(process.loaded().filter((version) => version.region === region)).toHaveLength(2);
      },
      { timeout: 5_000 },
    );
    // Both have it before it is in force, and decide every time alike.
    for (const process of [one, other]) {
      expect(ids(process.at(region, second.effectiveAt - 1))).toEqual(['a']);
      expect(ids(process.at(region, second.effectiveAt))).toEqual(['a', 'b']);
    }
    await vi.waitFor(
      () =>
        expect(changes).toEqual([
          [1, null],
          [2, 1],
        ]),
      { timeout: 5_000 },
    );
    expect(clock.now()).toBeGreaterThanOrEqual(second.effectiveAt);
  });

  test('of two publications compared with the same version, one is accepted', async () => {
    const region = nextRegion();
    const results = await Promise.all(Array.from({ length: 5 }, (_, i) => publish(region, 0, zone(`z${i}`))));
    const accepted = results.filter((result) => result !== null);
    expect(accepted).toHaveLength(1);
    expect(await versions.list(region)).toEqual(accepted);
    expect((await versions.newest()).filter((version) => version.region === region)).toEqual(accepted);
    const winner = results.findIndex((result) => result !== null);
    expect(ids(await versions.read(region, 1))).toEqual([`z${winner}`]);
  });

  test('what is missing or unreadable in Redis leaves the version before in force', async () => {
    const region = nextRegion();
    const unreadable: number[] = [];
    const process = await started({
      unreadable: (of: string, version: number) => {
        if (of === region) unreadable.push(version);
      },
    });
    await publish(region, 0, zone('a'));
    await vi.waitFor(() => expect(ids(process.at(region))).toEqual(['a']), { timeout: 5_000 });
    const second = (await publish(region, 1, zone('b')))!;
    await testBed.client.hset(keys.zonesData(region), '2', 'no gzip');
    // The process may have read it before it was spoilt; one that starts now has not.
    const late = await started({ unreadable: (_: string, version: number) => unreadable.push(version) });
    expect(ids(late.at(region))).toEqual(['a']);
    await vi.waitFor(() => expect(unreadable).toContain(2), { timeout: 5_000 });
    await testBed.client.hdel(keys.publishedZones, region);
    await testBed.client.del(keys.zonesData(region));
    await process.refresh();
    expect(['a', 'b']).toContain(ids(process.at(region, second.effectiveAt))![0]);
  });

  test('the oldest versions are removed, the newest 200 are kept', async () => {
    const region = nextRegion();
    for (let version = 0; version < 202; version += 1) await publish(region, version, zone('a'));
    const kept = await versions.list(region);
    expect(kept).toHaveLength(200);
    expect(kept[0]!.version).toBe(202);
    expect(kept.at(-1)!.version).toBe(3);
    expect(await versions.read(region, 2)).toBeNull();
    expect(await versions.read(region, 3)).not.toBeNull();
  });

  test('a process without Redis keeps what it has loaded', async () => {
    const region = nextRegion();
    await publish(region, 0, zone('a'));
    const own = connect('redis://127.0.0.1:1', 'commands', () => {});
    const process = new PublishedZones(own);
    processes.push(process);
    await process.start();
    expect(process.at(region)).toBeNull();
    expect(process.all()).toEqual([]);
    own.disconnect();
  });
});
