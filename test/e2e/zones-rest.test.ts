import { afterEach, describe, expect } from 'vitest';
import { middleOf } from '#geo/cells';
import type { PublishedVersion } from '#protocol';
import { Api, ZonesApi } from '#sdk';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import { SQUARE, ZoneClients } from '../fixtures/zone-clients.js';
import { regionOf, ringAround } from '../fixtures/zones.js';

let system: System;
let clients: ZoneClients;
let regions = 0;
const nextRegion = () => regionOf(regions++, 150);

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  clients = new ZoneClients(shared);
});
afterEach(() => clients.closeAll());

describe('over REST', () => {
  const feature = (
    id: string,
    ring: number[][],
    properties: object = { name: `Zone ${id}`, kind: 'no_go' },
  ) => ({
    type: 'Feature',
    id,
    properties,
    geometry: { type: 'Polygon', coordinates: [ring] },
  });
  const closed = [...SQUARE, SQUARE[0]!];
  const collection = (...features: object[]) => ({ type: 'FeatureCollection', features });

  test('GeoJSON is imported into the draft that others edit, corrected or refused, and exported', async () => {
    const region = nextRegion();
    const zones = await clients.zonesApi();
    const ann = await clients.edit(region, 1, 'zones-ann');
    const imported = await zones.import(
      region,
      collection(feature('a', closed), feature('b', closed.toReversed())),
    );
    expect(imported).toEqual({
      zones: ['a', 'b'],
      corrections: [{ feature: 1, zoneId: 'b', turnedRings: 1, repeatedVertices: 0 }],
    });
    await expect.poll(() => ann.zones.map(({ id }) => id)).toEqual(['a', 'b']);
    const refused = zones.import(region, collection(feature('c', closed), feature('d', SQUARE)));
    await expect(refused).rejects.toMatchObject({ code: 'BAD_GEOJSON' });
    await expect(refused).rejects.toThrow('feature 1 “Zone d” has a ring that is not closed');
    const crossing = [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ];
    await expect(zones.import(region, feature('d', crossing))).rejects.toThrow('crosses or touches itself');
    const exported = await zones.export(region);
    expect(exported.features.map(({ id }) => id)).toEqual(['a', 'b']);
    const turned = [...SQUARE.slice(1), SQUARE[0], SQUARE[1]];
    expect(exported.features[1]!.geometry).toEqual({ type: 'Polygon', coordinates: [turned] });
    const token = await system.token('service', 'zones-service');
    expect(await rest(`${system.url}/api/zones/${region}/draft`, 'POST', token, '{"type":')).toMatchObject({
      status: 400,
      body: { code: 'BAD_GEOJSON' },
    });
    expect(await rest(`${system.url}/api/zones/${region}/draft`, 'POST', null, '{}')).toMatchObject({
      status: 401,
    });
  });

  test('hundreds of zones with hundreds of vertices are imported at once', async () => {
    const region = nextRegion();
    const zones = await clients.zonesApi();
    const circle = (i: number) => {
      const ring = Array.from({ length: 200 }, (_, k) => {
        const angle = (k / 200) * 2 * Math.PI;
        return [10 + i / 100 + Math.cos(angle) / 300, 50 + Math.sin(angle) / 300];
      });
      return [...ring, ring[0]!];
    };
    const features = Array.from({ length: 200 }, (_, i) => feature(`z${i}`, circle(i)));
    expect((await zones.import(region, collection(...features))).zones).toHaveLength(200);
    const ann = await clients.edit(region, 1, 'zones-ann');
    expect(ann.zones).toHaveLength(200);
  });

  test('an import that would change the locked zone of another is refused as a whole, and not audited', async () => {
    const region = nextRegion();
    const zones = await clients.zonesApi();
    const ann = await clients.edit(region, 0, 'zones-ann');
    const locked = ann.add({ name: 'One', kind: 'no_go', polygons: [[SQUARE]] });
    ann.lock(locked);
    await expect.poll(() => ann.state.isSaved).toBe(true);
    const many = Array.from({ length: 100 }, (_, i) => feature(`z${i}`, closed));
    const refused = zones.import(region, collection(...many, feature(locked, closed)));
    await expect(refused).rejects.toMatchObject({ code: 'ZONE_LOCKED' });
    const full = Array.from({ length: 1_000 }, (_, i) => feature(`z${i}`, closed));
    await expect(zones.import(region, collection(...full))).rejects.toMatchObject({ code: 'TOO_MANY_ZONES' });
    expect((await zones.export(region)).features).toHaveLength(1);
    const audited = await (await clients.api()).audit({ limit: 1_000 });
    expect(
      audited.filter(({ action, text }) => action === 'zones:import' && text?.startsWith(region)),
    ).toEqual([]);
  });

  test('the draft is compared, published with a comment, listed and published again, and is audited', async () => {
    const region = nextRegion();
    const zones = await clients.zonesApi('zones-publisher');
    const ann = await clients.edit(region, 0, 'zones-ann');
    const elsewhere = ann.add({ name: 'Elsewhere', kind: 'no_go', polygons: [[SQUARE]] });
    await expect.poll(() => ann.state.isSaved).toBe(true);
    const wrong = await zones.compare(region);
    expect(wrong.problems).toMatchObject([
      { zoneId: elsewhere, reason: 'is more than 350 km from the middle of its region', place: SQUARE[0] },
    ]);
    const toNowhere = zones.publish(region, { comment: 'x', number: wrong.number!, replaces: 0 });
    await expect(toNowhere).rejects.toMatchObject({ code: 'ZONES_INVALID' });
    ann.remove(elsewhere);
    const polygons = [[ringAround(middleOf(region), 3_000, 4)]];
    const ids = ['One', 'Two'].map((name) => ann.add({ name, kind: 'no_go', polygons }));
    await expect.poll(() => ann.state.isSaved).toBe(true);
    const first = await zones.compare(region);
    expect(first).toMatchObject({ number: ann.state.number, replaces: 0, problems: [], removed: [] });
    expect(first.inWords.toSorted()).toEqual(['Added no-go zone “One”', 'Added no-go zone “Two”']);
    const published: unknown[] = [];
    ann.on('published', (version) => published.push(version));
    const request = { comment: 'first', number: first.number!, replaces: first.replaces };
    const version = await zones.publish(region, request);
    expect(version).toMatchObject({ version: 1, by: 'zones-publisher', comment: 'first', zoneCount: 2 });
    await expect.poll(() => published).toEqual([version]);

    // The same request once more, or one about an older draft, was not compared with what is there.
    await expect(zones.publish(region, request)).rejects.toMatchObject({ code: 'ZONES_CHANGED' });
    ann.change(ids[0]!, { name: 'two' });
    await expect.poll(() => ann.state.isSaved).toBe(true);
    await expect(zones.publish(region, { ...request, replaces: 1 })).rejects.toMatchObject({
      code: 'ZONES_CHANGED',
    });
    const second = await zones.compare(region);
    expect(second.problems).toMatchObject([{ reason: 'has the name of another zone of its kind' }]);
    const invalid = zones.publish(region, { comment: 'x', number: second.number!, replaces: 1 });
    await expect(invalid).rejects.toMatchObject({ code: 'ZONES_INVALID' });
    for (const id of ids) ann.remove(id);
    await expect.poll(() => ann.state.isSaved).toBe(true);
    const empty = { comment: 'no zones', number: ann.state.number, replaces: 1 };
    await expect(zones.publish(region, empty)).rejects.toMatchObject({ code: 'NO_ZONES' });
    expect(await zones.publish(region, { ...empty, allowEmpty: true })).toMatchObject({
      version: 2,
      zoneCount: 0,
    });

    const back = await zones.compare(region, { version: 1 });
    expect(back).toMatchObject({ number: null, replaces: 2 });
    expect(back.added).toHaveLength(2);
    const restored = await zones.publish(region, { comment: 'back', restores: 1, replaces: 2 });
    expect(restored).toMatchObject({ version: 3, restores: 1, zoneCount: 2 });
    expect((await zones.versions(region)).map(({ version, comment }) => [version, comment])).toEqual([
      [3, 'back'],
      [2, 'no zones'],
      [1, 'first'],
    ]);
    expect((await zones.version(region, 2)).features).toEqual([]);
    await expect(zones.version(region, 9)).rejects.toMatchObject({ code: 'NO_SUCH_VERSION' });
    // Every gateway has it, for everybody.
    const rider = await system.token('rider', 'zones-rider');
    for (const { url } of system.gateways) {
      const inForce = async (): Promise<PublishedVersion> =>
        new ZonesApi(new Api({ url, token: rider })).inForce(region).catch(() => null as never);
      // Riders see neither staff nor the zones for staff.
      const shown = { version: 3, by: '', comment: '', zoneCount: 0, zones: [] };
      await expect.poll(inForce).toMatchObject(shown);
    }
    expect((await zones.inForce(region)).zones).toHaveLength(2);
    const actions = (await (await clients.api()).audit({ limit: 1_000 })).filter(
      ({ by, action }) => by === 'zones-publisher' && action === 'zones:publish',
    );
    expect(actions[0]).toMatchObject({ text: `${region}: version 1: back` });
  });
});
