import { afterEach, describe, expect } from 'vitest';
import * as Y from 'yjs';
import type { ZonesUpdated } from '#protocol';
import { putZone, setName, zonesIn } from '#zones/draft';
import { ask, askWrongly, pushes } from '../fixtures/clients.js';
import { test } from '../fixtures/test.js';
import { openDraft, SQUARE, ZoneClients } from '../fixtures/zone-clients.js';
import { regionOf } from '../fixtures/zones.js';

const SOME_ZONE = {
  id: 'a',
  name: 'A',
  kind: 'no_go' as const,
  polygons: [[SQUARE]],
  rules: {} as never,
  lockedBy: null,
};

let clients: ZoneClients;
let regions = 0;
const nextRegion = () => regionOf(regions++, 140);

test.beforeAll(async ({ system: shared }) => {
  clients = new ZoneClients(shared);
});
afterEach(() => clients.closeAll());

describe('editing together', () => {
  test('dispatchers on two gateways move two vertices of one polygon and see both, and who else is there', async () => {
    const region = nextRegion();
    const [ann, ben] = [
      await clients.edit(region, 0, 'zones-ann'),
      await clients.edit(region, 1, 'zones-ben', '#aa0000'),
    ];
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
    const eve = await clients.edit(region, 0, 'zones-eve');
    await expect
      .poll(() => eve.editors.map(({ userId }) => userId).sort())
      .toEqual(['zones-ann', 'zones-ben']);
    await ann.close();
    await expect.poll(() => eve.editors.map(({ userId }) => userId)).toEqual(['zones-ben']);
  });

  test('undo takes back only the own edits', async () => {
    const region = nextRegion();
    const [ann, ben] = [
      await clients.edit(region, 0, 'zones-ann'),
      await clients.edit(region, 1, 'zones-ben'),
    ];
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
    const [ann, ben] = [
      await clients.edit(region, 0, 'zones-ann'),
      await clients.edit(region, 1, 'zones-ben'),
    ];
    const id = ann.add({ name: 'One', kind: 'no_go', polygons: [[SQUARE]] });
    ann.lock(id);
    await expect.poll(() => ben.zone(id)?.lockedBy).toBe('zones-ann');
    expect(() => ben.remove(id)).toThrow(expect.objectContaining({ code: 'ZONE_LOCKED' }));
    await (await clients.zonesApi()).unlock(region, id);
    await expect.poll(() => [ann, ben].map((each) => each.zone(id)!.lockedBy)).toEqual([null, null]);
    ben.change(id, { name: 'Two' });
    await expect.poll(() => ann.zone(id)!.name).toBe('Two');
    const [entry] = await (await clients.api())
      .audit({ limit: 1_000 })
      .then((all) => all.filter(({ action }) => action === 'zones:unlock'));
    expect(entry).toMatchObject({ by: 'zones-service', text: `${region}: ${id}` });
  });
});

describe('an update', () => {
  test('is pushed to the others and not to the one who sent it, with numbers without gaps', async () => {
    const region = nextRegion();
    const [one, other] = [await clients.stock(0, 'zones-one'), await clients.stock(1, 'zones-other')];
    const doc = new Y.Doc();
    expect(await openDraft(one, region, doc)).toMatchObject({
      ok: true,
      number: 0,
      edits: {},
      published: null,
    });
    await openDraft(other, region, new Y.Doc());
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
    expect(await openDraft(other, region, late)).toMatchObject({
      number: 2,
      edits: { a: { version: 2, by: 'zones-one' } },
    });
    expect(zonesIn(late).get('a')!.get('name')).toBe('B');
  });

  test('is refused with its code if it is unreadable, too large, too frequent, or not the user’s', async () => {
    const region = nextRegion();
    const client = await clients.stock(0, 'zones-bad');
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
    const [writer, reader] = [await clients.stock(0, 'zones-writer'), await clients.stock(0, 'zones-reader')];
    await openDraft(writer, region, draft);
    await openDraft(reader, region, new Y.Doc());
    putZone(draft, SOME_ZONE);
    zonesIn(draft).delete('a');
    const edits = Y.encodeStateAsUpdate(draft);
    expect(await ask(writer, 'zones:update', { region, update: edits })).toMatchObject({ ok: true });
    await expect.poll(() => pushes(reader, 'zones:update')).toHaveLength(1);
    expect(pushes(client, 'zones:update')).toEqual([]);
    const doc = new Y.Doc();
    await openDraft(client, region, doc);
    expect(await code('zones:update', { region, update: bytes(9) })).toBe('BAD_UPDATE');
    expect(await code('zones:update', { region, update: bytes(65_537) })).toBe('UPDATE_TOO_LARGE');
    expect(await code('zones:update', { region, update: bytes(70_000) })).toBe('TOO_LARGE');
    expect(client.socket.connected).toBe(true);

    const another = await clients.stock(1, 'zones-good');
    const theirs = new Y.Doc();
    await openDraft(another, region, theirs);
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
    const [one, other] = [await clients.stock(0, 'zones-one'), await clients.stock(1, 'zones-other')];
    const doc = new Y.Doc();
    await openDraft(other, region, new Y.Doc());
    await openDraft(one, region, doc);
    await expect.poll(() => pushes(other, 'zones:joined')).toEqual([{ region }]);
    const third = await clients.stock(1, 'zones-third');
    const theirs = new Y.Doc();
    await openDraft(third, region, theirs);
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

  test('is possible for five drafts at the same time', async () => {
    const client = await clients.stock(0, 'zones-many');
    const regions = Array.from({ length: 6 }, nextRegion);
    for (const region of regions.slice(0, 5)) await openDraft(client, region, new Y.Doc());
    const sixth = { region: regions[5]!, clientId: 1, stateVector: new Uint8Array([0]) };
    expect(await ask(client, 'zones:open', sixth)).toMatchObject({ code: 'TOO_MANY_WATCHES' });
    await ask(client, 'zones:close', { region: regions[0]! });
    expect(await ask(client, 'zones:open', sixth)).toMatchObject({ ok: true });
  });

  test('is for dispatchers and services only', async () => {
    const driver = await clients.stock(0, 'zones-driver', 'driver');
    const payload = { region: nextRegion(), clientId: 1, stateVector: new Uint8Array([0]) };
    expect(await askWrongly(driver, 'zones:open', payload)).toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});
