import { afterEach, describe, expect } from 'vitest';
import * as Y from 'yjs';
import { middleOf } from '#geo/cells';
import type { LngLat, PublishedVersion, ZonesUpdated } from '#protocol';
import { Api, DispatchClient, type ZoneEditor, ZonesApi } from '#sdk';
import { putZone, setName, zonesIn } from '#zones/draft';
import { ask, askWrongly, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import { openSdkPage } from '../fixtures/sdk-page.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import { regionOf, ringAround } from '../fixtures/zones.js';

let system: System;
let regions = 0;
const nextRegion = () => regionOf(regions++, 140);
const open: StockClient[] = [];
const clients: DispatchClient[] = [];
const editors: ZoneEditor[] = [];
const SQUARE: LngLat[] = [
  [10, 50],
  [11, 50],
  [11, 51],
  [10, 51],
];
const SOME_ZONE = {
  id: 'a',
  name: 'A',
  kind: 'no_go' as const,
  polygons: [[SQUARE]],
  rules: {} as never,
  lockedBy: null,
};

test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
afterEach(async () => {
  for (const editor of editors.splice(0)) await editor.close();
  for (const client of clients.splice(0)) client.close();
  for (const { socket } of open.splice(0)) socket.disconnect();
});

const api = async (sub = 'zones-service') =>
  new Api({ url: system.url, token: await system.token('service', sub) });
const zonesApi = async (sub?: string) => new ZonesApi(await api(sub));

async function edit(region: string, node: number, sub: string, colour = '#336699'): Promise<ZoneEditor> {
  const client = new DispatchClient({
    url: system.gateways[node]!.url,
    token: await system.token('dispatcher', sub),
  });
  clients.push(client);
  await client.connect();
  const editor = await client.editZones(region, { user: { id: sub, name: `Name of ${sub}`, colour } });
  editors.push(editor);
  await expect.poll(() => editor.state).toMatchObject({ isLoaded: true, isSaved: true });
  return editor;
}

async function stock(node: number, sub: string): Promise<StockClient> {
  const token = await system.token('dispatcher', sub);
  const client = await connectStock(system.gateways[node]!.url, '/dispatch', token);
  open.push(client);
  return client;
}
const opened = async (client: StockClient, region: string, doc: Y.Doc) => {
  const stateVector = Y.encodeStateVector(doc);
  const answer = await ask(client, 'zones:open', { region, clientId: doc.clientID, stateVector });
  if (answer.ok) Y.applyUpdate(doc, new Uint8Array(answer.update));
  return answer;
};

describe('editing together', () => {
  test('dispatchers on two gateways move two vertices of one polygon and see both, and who else is there', async () => {
    const region = nextRegion();
    const [ann, ben] = [await edit(region, 0, 'zones-ann'), await edit(region, 1, 'zones-ben', '#aa0000')];
    const id = ann.add({ name: 'Harbour', kind: 'no_go', polygons: [[SQUARE]] });
    await expect
      .poll(() => ben.zone(id))
      .toMatchObject({ name: 'Harbour', kind: 'no_go', rules: { repeatAfterS: 600 } });
    ann.moveVertex(id, { polygon: 0, ring: 0, vertex: 0 }, [9, 50]);
    ben.moveVertex(id, { polygon: 0, ring: 0, vertex: 2 }, [12, 52]);
    const both = [
      [9, 50],
      [11, 50],
      [12, 52],
      [10, 51],
    ];
    await expect.poll(() => [ann, ben].map((each) => each.zone(id)!.polygons[0]![0])).toEqual([both, both]);
    await expect.poll(() => ben.lastEdit(id)?.version).toBe(ann.lastEdit(id)!.version);

    ann.setCursor([10.5, 50.5]);
    ann.select([id]);
    const seen = {
      userId: 'zones-ann',
      name: 'Name of zones-ann',
      colour: '#336699',
      cursor: [10.5, 50.5],
      selected: [id],
    };
    await expect.poll(() => ben.editors).toMatchObject([seen]);
    await expect.poll(() => ann.editors).toMatchObject([{ userId: 'zones-ben', colour: '#aa0000' }]);
    // One who comes later sees them at once, and sees them leave.
    const eve = await edit(region, 0, 'zones-eve');
    await expect
      .poll(() => eve.editors.map(({ userId }) => userId).sort())
      .toEqual(['zones-ann', 'zones-ben']);
    await ann.close();
    await expect.poll(() => eve.editors.map(({ userId }) => userId)).toEqual(['zones-ben']);
  });

  test('undo takes back only the own edits', async () => {
    const region = nextRegion();
    const [ann, ben] = [await edit(region, 0, 'zones-ann'), await edit(region, 1, 'zones-ben')];
    const id = ann.add({ name: 'One', kind: 'surge', polygons: [[SQUARE]], rules: { factor: 2 } });
    await expect.poll(() => ben.zone(id)?.name).toBe('One');
    ann.change(id, { name: 'Two' });
    ben.change(id, { rules: { factor: 3 } });
    await expect
      .poll(() => [ann, ben].map((each) => each.zone(id)))
      .toMatchObject(Array(2).fill({ name: 'Two', rules: { factor: 3 } }));
    expect(ben.state).toMatchObject({ canUndo: true, canRedo: false });
    ann.undo();
    await expect.poll(() => ben.zone(id)).toMatchObject({ name: 'One', rules: { factor: 3 } });
    ann.redo();
    ben.undo();
    await expect.poll(() => ann.zone(id)).toMatchObject({ name: 'Two', rules: { factor: 2 } });
    ben.undo();
    expect(ben.state).toMatchObject({ canUndo: false });
    await expect.poll(() => ben.zone(id)!.name).toBe('Two');
  });

  test('a locked zone cannot be edited by others until it is unlocked, by its user or by dispatch', async () => {
    const region = nextRegion();
    const [ann, ben] = [await edit(region, 0, 'zones-ann'), await edit(region, 1, 'zones-ben')];
    const id = ann.add({ name: 'One', kind: 'no_go', polygons: [[SQUARE]] });
    ann.lock(id);
    await expect.poll(() => ben.zone(id)?.lockedBy).toBe('zones-ann');
    expect(() => ben.remove(id)).toThrow(expect.objectContaining({ code: 'ZONE_LOCKED' }));
    await (await zonesApi()).unlock(region, id);
    await expect.poll(() => [ann, ben].map((each) => each.zone(id)!.lockedBy)).toEqual([null, null]);
    ben.change(id, { name: 'Two' });
    await expect.poll(() => ann.zone(id)!.name).toBe('Two');
    const [entry] = await (await api())
      .audit({ limit: 1_000 })
      .then((all) => all.filter(({ action }) => action === 'zones:unlock'));
    expect(entry).toMatchObject({ by: 'zones-service', text: `${region}: ${id}` });
  });
});

describe('an update', () => {
  test('is pushed to the others and not to the one who sent it, with numbers without gaps', async () => {
    const region = nextRegion();
    const [one, other] = [await stock(0, 'zones-one'), await stock(1, 'zones-other')];
    const doc = new Y.Doc();
    expect(await opened(one, region, doc)).toMatchObject({ ok: true, number: 0, edits: {}, published: null });
    await opened(other, region, new Y.Doc());
    const updates: Uint8Array[] = [];
    doc.on('update', (update) => updates.push(update));
    doc.transact(() => putZone(doc, SOME_ZONE));
    setName(zonesIn(doc).get('a')!, 'B');
    for (const [i, update] of updates.entries())
      expect(await ask(one, 'zones:update', { region, update })).toMatchObject({ ok: true, number: i + 1 });
    // Sent again, as after a lost answer, it is acknowledged and not stored again.
    expect(await ask(one, 'zones:update', { region, update: updates[1]! })).toMatchObject({
      ok: true,
      number: 2,
    });
    await expect
      .poll(() => pushes(other, 'zones:update').map(({ number, by }: ZonesUpdated) => [number, by]))
      .toEqual([
        [1, 'zones-one'],
        [2, 'zones-one'],
      ]);
    expect(pushes(one, 'zones:update')).toEqual([]);
    const late = new Y.Doc();
    expect(await opened(other, region, late)).toMatchObject({
      number: 2,
      edits: { a: { version: 2, by: 'zones-one' } },
    });
    expect(zonesIn(late).get('a')!.get('name')).toBe('B');
  });

  test('is refused with its code if it is unreadable, too large, too frequent, or not the user’s', async () => {
    const region = nextRegion();
    const client = await stock(0, 'zones-bad');
    const bytes = (length: number) => new Uint8Array(length).fill(255);
    const code = async (event: string, payload: unknown) => (await askWrongly(client, event, payload)).code;
    expect(await code('zones:open', { region: 'here', clientId: 1, stateVector: bytes(1) })).toBe(
      'BAD_REGION',
    );
    expect(await code('zones:open', { region, clientId: -1, stateVector: bytes(1) })).toBe('BAD_REQUEST');
    expect(await code('zones:open', { region, clientId: 1, stateVector: 'text' })).toBe('BAD_REQUEST');
    expect(await code('zones:open', { region, clientId: 1, stateVector: bytes(9) })).toBe('BAD_UPDATE');
    expect(await code('zones:update', { region, update: bytes(2) })).toBe('DRAFT_NOT_OPEN');
    // Refused, it does not receive what others edit.
    const draft = new Y.Doc();
    const [writer, reader] = [await stock(0, 'zones-writer'), await stock(0, 'zones-reader')];
    await opened(writer, region, draft);
    await opened(reader, region, new Y.Doc());
    putZone(draft, SOME_ZONE);
    zonesIn(draft).delete('a');
    const edits = Y.encodeStateAsUpdate(draft);
    expect(await ask(writer, 'zones:update', { region, update: edits })).toMatchObject({ ok: true });
    await expect.poll(() => pushes(reader, 'zones:update')).toHaveLength(1);
    expect(pushes(client, 'zones:update')).toEqual([]);
    const doc = new Y.Doc();
    await opened(client, region, doc);
    expect(await code('zones:update', { region, update: bytes(9) })).toBe('BAD_UPDATE');
    expect(await code('zones:update', { region, update: bytes(65_537) })).toBe('UPDATE_TOO_LARGE');
    expect(await code('zones:update', { region, update: bytes(70_000) })).toBe('TOO_LARGE');
    expect(client.socket.connected).toBe(true);

    const another = await stock(1, 'zones-good');
    const theirs = new Y.Doc();
    await opened(another, region, theirs);
    theirs.transact(() => putZone(theirs, SOME_ZONE));
    const update = Y.encodeStateAsUpdate(theirs);
    expect(await ask(another, 'zones:update', { region, update })).toMatchObject({ ok: true });
    setName(zonesIn(theirs).get('a')!, 'Forged');
    const forged = Y.encodeStateAsUpdate(theirs);
    await expect.poll(() => code('zones:update', { region, update: forged })).toBe('OTHER_EDITOR');

    const many = Array.from({ length: 40 }, () => ask(another, 'zones:update', { region, update }));
    const answers = (await Promise.all(many)).map(({ ok, code }) => code ?? ok);
    expect(new Set(answers)).toEqual(new Set([true, 'RATE_LIMITED']));
  });

  test('of cursors bears the user of the token, whatever it says', async () => {
    const region = nextRegion();
    const [one, other] = [await stock(0, 'zones-one'), await stock(1, 'zones-other')];
    const doc = new Y.Doc();
    await opened(other, region, new Y.Doc());
    await opened(one, region, doc);
    await expect.poll(() => pushes(other, 'zones:joined')).toEqual([{ region }]);
    const third = await stock(1, 'zones-third');
    const theirs = new Y.Doc();
    await opened(third, region, theirs);
    const copied = { region, clientId: theirs.clientID, stateVector: Y.encodeStateVector(doc) };
    expect(await askWrongly(other, 'zones:open', copied)).toMatchObject({ code: 'OTHER_EDITOR' });
    const state = (change: object = {}) =>
      JSON.stringify({
        name: 'N',
        colour: '#112233',
        cursor: null,
        selected: [],
        userId: 'forged',
        ...change,
      });
    const encode = (clientId: number, text: string) => {
      const doc = Buffer.from(text);
      const number = (value: number) => {
        const out: number[] = [];
        for (let rest = value; ; rest = Math.floor(rest / 128)) {
          if (rest < 128) return [...out, rest];
          out.push((rest % 128) + 128);
        }
      };
      return Uint8Array.from([1, ...number(clientId), 1, ...number(doc.length), ...doc]);
    };
    const send = async (update: Uint8Array) => askWrongly(one, 'zones:awareness', { region, update });
    expect(await send(encode(doc.clientID, state()))).toEqual({ ok: true });
    await expect.poll(() => pushes(other, 'zones:awareness').length).toBe(1);
    const [{ update }] = pushes(other, 'zones:awareness') as unknown as [{ update: Uint8Array }];
    expect(Buffer.from(update).toString()).toContain('"userId":"zones-one"');
    expect(await send(encode(doc.clientID + 1, state()))).toMatchObject({ code: 'OTHER_EDITOR' });
    expect(await send(encode(doc.clientID, state({ colour: 'red' })))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await send(encode(doc.clientID, 'no json'))).toMatchObject({ code: 'BAD_REQUEST' });
    const many = await Promise.all(Array.from({ length: 20 }, () => send(encode(doc.clientID, state()))));
    expect(many.filter(({ code }) => code === 'RATE_LIMITED').length).toBeGreaterThan(5);
  });

  test('is for dispatchers and services only', async () => {
    const driver = await connectStock(system.url, '/driver', await system.token('driver', 'zones-driver'));
    open.push(driver);
    const payload = { region: nextRegion(), clientId: 1, stateVector: new Uint8Array([0]) };
    expect(await askWrongly(driver, 'zones:open', payload)).toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});

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
    const zones = await zonesApi();
    const ann = await edit(region, 1, 'zones-ann');
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
    const zones = await zonesApi();
    const circle = (i: number) => {
      const ring = Array.from({ length: 200 }, (_, k) => {
        const angle = (k / 200) * 2 * Math.PI;
        return [10 + i / 100 + Math.cos(angle) / 300, 50 + Math.sin(angle) / 300];
      });
      return [...ring, ring[0]!];
    };
    const features = Array.from({ length: 200 }, (_, i) => feature(`z${i}`, circle(i)));
    expect((await zones.import(region, collection(...features))).zones).toHaveLength(200);
    const ann = await edit(region, 1, 'zones-ann');
    expect(ann.zones).toHaveLength(200);
  });

  test('an import that would change the locked zone of another is refused as a whole, and not audited', async () => {
    const region = nextRegion();
    const zones = await zonesApi();
    const ann = await edit(region, 0, 'zones-ann');
    const locked = ann.add({ name: 'One', kind: 'no_go', polygons: [[SQUARE]] });
    ann.lock(locked);
    await expect.poll(() => ann.state.isSaved).toBe(true);
    const many = Array.from({ length: 100 }, (_, i) => feature(`z${i}`, closed));
    const refused = zones.import(region, collection(...many, feature(locked, closed)));
    await expect(refused).rejects.toMatchObject({ code: 'ZONE_LOCKED' });
    const full = Array.from({ length: 1_000 }, (_, i) => feature(`z${i}`, closed));
    await expect(zones.import(region, collection(...full))).rejects.toMatchObject({ code: 'TOO_MANY_ZONES' });
    expect((await zones.export(region)).features).toHaveLength(1);
    const audited = await (await api()).audit({ limit: 1_000 });
    expect(
      audited.filter(({ action, text }) => action === 'zones:import' && text?.startsWith(region)),
    ).toEqual([]);
  });

  test('the draft is compared, published with a comment, listed and published again, and is audited', async () => {
    const region = nextRegion();
    const zones = await zonesApi('zones-publisher');
    const ann = await edit(region, 0, 'zones-ann');
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
    const actions = (await (await api()).audit({ limit: 1_000 })).filter(
      ({ by, action }) => by === 'zones-publisher' && action === 'zones:publish',
    );
    expect(actions[0]).toMatchObject({ text: `${region}: version 1: back` });
  });
});

test('two browsers move two vertices of one polygon, edit without a network across a reload, and merge', async ({
  browser,
}) => {
  const region = nextRegion();
  const page = async (node: number, sub: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const { url } = system.gateways[node]!;
    const token = await system.token('dispatcher', sub);
    const start = async () => {
      await openSdkPage(page, url);
      await page.evaluate(
        async ([url, token, region, id]) => {
          const page = globalThis as any;
          const client = new page.sdk.DispatchClient({ url, token });
          client.connect();
          page.editor = await client.editZones(region, { user: { id, name: id, colour: '#336699' } });
        },
        [url, token, region, sub] as const,
      );
    };
    await start();
    const state = () => page.evaluate(() => (globalThis as any).editor.state);
    const ring = (id: string) =>
      page.evaluate((id) => (globalThis as any).editor.zone(id)?.polygons[0][0], id);
    const move = (id: string, vertex: number, to: LngLat) =>
      page.evaluate(
        ([id, vertex, to]) => (globalThis as any).editor.moveVertex(id, { polygon: 0, ring: 0, vertex }, to),
        [id, vertex, to] as const,
      );
    return { page, context, start, state, ring, move };
  };
  const [ann, ben] = [await page(0, 'zones-page-ann'), await page(1, 'zones-page-ben')];
  await expect
    .poll(async () => [await ann.state(), await ben.state()])
    .toMatchObject(Array(2).fill({ isLoaded: true, isSaved: true }));
  const id: string = await ann.page.evaluate(
    (ring) => (globalThis as any).editor.add({ name: 'A', kind: 'no_go', polygons: [[ring]] }),
    SQUARE,
  );
  await expect.poll(() => ben.ring(id)).toEqual(SQUARE);
  await Promise.all([ann.move(id, 0, [9, 50]), ben.move(id, 2, [12, 52])]);
  const both = [
    [9, 50],
    [11, 50],
    [12, 52],
    [10, 51],
  ];
  await expect.poll(async () => [await ann.ring(id), await ben.ring(id)]).toEqual([both, both]);

  await Promise.all([ann.context.setOffline(true), ben.context.setOffline(true)]);
  await expect
    .poll(async () => [(await ann.state()).isOnline, (await ben.state()).isOnline])
    .toEqual([false, false]);
  await ann.move(id, 1, [11, 49]);
  await ben.move(id, 3, [10, 53]);
  await Promise.all([ann.context.setOffline(false), ben.context.setOffline(false)]);
  await ann.start();
  const merged = [
    [9, 50],
    [11, 49],
    [12, 52],
    [10, 53],
  ];
  await expect.poll(async () => [await ann.ring(id), await ben.ring(id)]).toEqual([merged, merged]);
  await expect.poll(async () => (await ann.state()).isSaved).toBe(true);
  await Promise.all([ann.context.close(), ben.context.close()]);
});
