import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LngLat, ProtocolError } from '#protocol';
import type { ZoneDraft } from '../zone-draft.js';
import { applyChecked, type DraftFacts, NotAppliedError } from './check-update.js';
import {
  changeParts,
  changeZone,
  insertVertex,
  moveVertex,
  putZone,
  removeVertex,
  setLock,
  setName,
  setPolygons,
  setRules,
} from './edit.js';
import { readZones } from './read.js';
import { zonesIn } from './shape.js';

const SQUARE: LngLat[] = [
  [10, 50],
  [11, 50],
  [11, 51],
  [10, 51],
];
const zone = (id = 'a', more: Partial<ZoneDraft> = {}): ZoneDraft => ({
  id,
  name: `Zone ${id}`,
  kind: 'no_go',
  polygons: [[SQUARE]],
  rules: { repeatAfterS: 600 },
  lockedBy: null,
  ...more,
});
const get = (doc: Y.Doc, id = 'a') => zonesIn(doc).get(id)!;
const copy = (doc: Y.Doc) => {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
};
const merge = (...docs: Y.Doc[]) => {
  const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
};
const drawn = () => {
  const doc = new Y.Doc();
  putZone(doc, zone());
  return doc;
};
const facts = (): DraftFacts => ({ clients: new Map(), locks: new Map() });
const codeOf = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as ProtocolError).code;
  }
};
const ringOf = (doc: Y.Doc) => readZones(doc)[0]!.polygons[0]![0]!;

test('a zone is read as it was put', () => {
  const doc = new Y.Doc();
  const points = [{ id: 'p1', name: 'Exit 1', lat: 50.5, lng: 10.5 }];
  const zones = [
    zone('a', {
      polygons: [
        [
          SQUARE,
          [
            [10.2, 50.2],
            [10.2, 50.4],
            [10.4, 50.4],
          ],
        ],
        [SQUARE.map(([lng, lat]): LngLat => [lng + 5, lat])],
      ],
    }),
    zone('b', { kind: 'pickup_points', rules: { points, maxWalkM: 100 }, lockedBy: 'u' }),
  ];
  for (const each of zones) putZone(doc, each);
  expect(readZones(doc)).toEqual(zones);
});

test('two users who move two vertices of one polygon both keep their edit', () => {
  const one = drawn();
  const other = copy(one);
  moveVertex(get(one), { polygon: 0, ring: 0, vertex: 1 }, [11.5, 50]);
  moveVertex(get(other), { polygon: 0, ring: 0, vertex: 2 }, [11.5, 51.5]);
  merge(one, other);
  expect(ringOf(one)).toEqual([
    [10, 50],
    [11.5, 50],
    [11.5, 51.5],
    [10, 51],
  ]);
  expect(ringOf(other)).toEqual(ringOf(one));
});

test('two users who move the same vertex leave one vertex, the same for both', () => {
  const one = drawn();
  const other = copy(one);
  moveVertex(get(one), { polygon: 0, ring: 0, vertex: 1 }, [11.5, 50]);
  moveVertex(get(other), { polygon: 0, ring: 0, vertex: 1 }, [11.7, 50]);
  merge(one, other);
  expect(ringOf(one)).toHaveLength(4);
  expect(ringOf(other)).toEqual(ringOf(one));
  moveVertex(get(one), { polygon: 0, ring: 0, vertex: 1 }, [11.9, 50]);
  expect(ringOf(one)[1]).toEqual([11.9, 50]);
  expect(ringOf(one)).toHaveLength(4);
});

test('two users who replace one ring leave one of the two rings', () => {
  const one = drawn();
  const other = copy(one);
  const circle = (r: number) =>
    Array.from({ length: 20 }, (_, i): LngLat => [10 + r * Math.cos(i / 3.2), 50 + r * Math.sin(i / 3.2)]);
  setPolygons(get(one), [[circle(1)]]);
  setPolygons(get(other), [[circle(2)]]);
  merge(one, other);
  expect(readZones(one)[0]!.polygons).toHaveLength(1);
  expect(readZones(one)[0]!.polygons[0]).toHaveLength(1);
  expect(ringOf(one)).toHaveLength(20);
  expect(readZones(other)).toEqual(readZones(one));
});

const position = fc
  .tuple(fc.integer({ min: -1790, max: 1790 }), fc.integer({ min: -890, max: 890 }))
  .map(([lng, lat]): LngLat => [lng / 10, lat / 10]);
const ring = fc.uniqueArray(position, { minLength: 3, maxLength: 30, selector: String });
const polygons = fc.array(fc.array(ring, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

test('setPolygons makes the polygons equal to those given, whatever they were', () => {
  fc.assert(
    fc.property(polygons, fc.array(polygons, { maxLength: 4 }), (first, others) => {
      const doc = new Y.Doc();
      putZone(doc, zone('a', { polygons: first }));
      for (const next of others) {
        setPolygons(get(doc), next);
        expect(readZones(doc)[0]!.polygons).toEqual(next);
      }
    }),
  );
});

test('a few changed vertices do not replace the ring', () => {
  fc.assert(
    fc.property(
      ring,
      fc.nat(29),
      position,
      fc.constantFrom('move', 'insert', 'remove'),
      (before, at, to, how) => {
        const doc = new Y.Doc();
        putZone(doc, zone('a', { polygons: [[before]] }));
        const after = before.slice();
        const vertex = at % before.length;
        if (how === 'move') after[vertex] = to;
        else if (how === 'insert') after.splice(vertex, 0, to);
        else if (before.length > 3) after.splice(vertex, 1);
        const array = [...(get(doc).get('polygons') as Y.Map<Y.Map<unknown>>).values()][0]!.get('outer');
        setPolygons(get(doc), [[after]]);
        expect([...(get(doc).get('polygons') as Y.Map<Y.Map<unknown>>).values()][0]!.get('outer')).toBe(
          array,
        );
        expect(ringOf(doc)).toEqual(after);
      },
    ),
  );
});

test('vertices are inserted and removed at their place', () => {
  const doc = drawn();
  insertVertex(get(doc), { polygon: 0, ring: 0, vertex: 1 }, [10.5, 49.9]);
  removeVertex(get(doc), { polygon: 0, ring: 0, vertex: 3 });
  insertVertex(get(doc), { polygon: 0, ring: 0, vertex: 4 }, [10.1, 50.9]);
  expect(ringOf(doc)).toEqual([
    [10, 50],
    [10.5, 49.9],
    [11, 50],
    [10, 51],
    [10.1, 50.9],
  ]);
});

test('a change of the name does not write the rules, which another user changes at the same time', () => {
  const one = new Y.Doc();
  putZone(one, zone('a', { rules: {} as never }));
  const other = copy(one);
  changeZone(one, 'a', { ...readZones(one)[0]!, name: 'New name' });
  changeParts(get(other), { rules: { repeatAfterS: 30 } });
  merge(one, other);
  for (const doc of [one, other])
    expect(readZones(doc)[0]).toMatchObject({ name: 'New name', rules: { repeatAfterS: 30 } });
  // Both wrote one field each: nothing else is in the map.
  expect([...(get(one).get('rules') as Y.Map<unknown>).keys()]).toEqual(['repeatAfterS']);
});

test('an update is checked before it counts', () => {
  const server = new Y.Doc();
  const known = facts();
  const client = drawn();
  const effect = applyChecked(server, known, Y.encodeStateAsUpdate(client), 'u');
  expect(effect.changed).toEqual(['a']);
  expect(readZones(server)).toEqual(readZones(client));
  // The same update once more has no effect.
  expect(applyChecked(server, known, Y.encodeStateAsUpdate(client), 'u')).toEqual({
    update: null,
    changed: [],
  });

  const send = (userId: string, edit: (doc: Y.Doc) => void, from = server) => {
    const doc = copy(from);
    edit(doc);
    return applyChecked(copy(server), known, Y.encodeStateAsUpdate(doc), userId);
  };
  expect(send('v', (doc) => setName(get(doc), 'New name')).changed).toEqual(['a']);
  expect(codeOf(() => applyChecked(copy(server), known, new Uint8Array([255, 3, 9]), 'u'))).toBe(
    'BAD_UPDATE',
  );
  expect(codeOf(() => send('v', (doc) => doc.getMap('other').set('a', 1)))).toBe('BAD_UPDATE');
  expect(codeOf(() => send('v', (doc) => zonesIn(doc).set('b', new Y.Text() as never)))).toBe('BAD_UPDATE');
  expect(codeOf(() => send('v', (doc) => setName(get(doc), ' ')))).toBe('BAD_ZONE');
  expect(codeOf(() => send('v', (doc) => setRules(get(doc), { repeatAfterS: -1 })))).toBe('BAD_ZONE');
  expect(codeOf(() => send('v', (doc) => get(doc).set('colour', 'red')))).toBe('BAD_ZONE');
  expect(codeOf(() => send('v', (doc) => setLock(get(doc), 'w')))).toBe('BAD_ZONE');
  const large = Array.from({ length: 1_001 }, (_, i): LngLat => [i / 100, Math.sin(i)]);
  expect(codeOf(() => send('v', (doc) => putZone(doc, zone('b', { polygons: [[large]] }))))).toBe('BAD_ZONE');
});

test('an update of too many structs is refused before it is applied; the largest zone is not', () => {
  const server = drawn();
  const many = new Y.Doc();
  for (let i = 0; i < 101; i += 1) putZone(many, zone(`z${i}`));
  const refused = () => applyChecked(server, facts(), Y.encodeStateAsUpdate(many), 'u');
  expect(refused).toThrow(NotAppliedError);
  expect(codeOf(refused)).toBe('BAD_UPDATE');
  expect(zonesIn(server).size).toBe(1);
  const large = new Y.Doc();
  const points = Array.from({ length: 50 }, (_, i) => ({
    id: `p${i}`,
    name: `Point ${i}`,
    lat: 50,
    lng: 10,
  }));
  const polygons = Array.from({ length: 100 }, () => [SQUARE]);
  putZone(large, zone('b', { kind: 'pickup_points', rules: { points, maxWalkM: 100 }, polygons }));
  expect(applyChecked(server, facts(), Y.encodeStateAsUpdate(large), 'u').changed).toEqual(['b']);
});

test('a zone with a ring that has too many items, also deleted ones, is refused', () => {
  const client = drawn();
  const polygon = [...(get(client).get('polygons') as Y.Map<Y.Map<unknown>>).values()][0]!;
  const array = polygon.get('outer') as Y.Array<unknown>;
  const ids = [client.clientID, client.clientID + 1];
  const spoil = (items: number) =>
    client.transact(() => {
      for (let i = 0; i < items; i += 1) {
        // Deleted items of two clients in turn do not merge.
        client.clientID = ids[i % 2]!;
        array.insert(0, [[10, 50, `x${i}`]]);
        array.delete(0);
      }
    });
  const rename = (name: string) => {
    const server = copy(client);
    setName(get(client), name);
    return applyChecked(server, facts(), Y.encodeStateAsUpdate(client, Y.encodeStateVector(server)), 'u');
  };
  spoil(9_000);
  expect(rename('One').changed).toEqual(['a']);
  spoil(1_001);
  expect(() => rename('Two')).toThrow('a ring was edited too often');
});

test('an update that builds on a missing one is refused', () => {
  const client = drawn();
  const updates: Uint8Array[] = [];
  client.on('update', (update) => updates.push(update));
  setName(get(client), 'One');
  setName(get(client), 'Two');
  expect(codeOf(() => applyChecked(new Y.Doc(), facts(), updates[1]!, 'u'))).toBe('MISSING_UPDATE');
});

test('nobody edits under the client id of another user', () => {
  const server = new Y.Doc();
  const known = facts();
  const client = drawn();
  applyChecked(server, known, Y.encodeStateAsUpdate(client), 'u');
  setName(get(client), 'New');
  expect(codeOf(() => applyChecked(copy(server), known, Y.encodeStateAsUpdate(client), 'v'))).toBe(
    'OTHER_EDITOR',
  );
  expect(codeOf(() => applyChecked(copy(server), known, Y.encodeStateAsUpdate(client), 'u'))).toBe(null);
});

test('a locked zone is changed, removed and unlocked only by the user who locked it', () => {
  const server = new Y.Doc();
  const known = facts();
  const client = drawn();
  setLock(get(client), 'u');
  applyChecked(server, known, Y.encodeStateAsUpdate(client), 'u');
  const send = (userId: string, edit: (doc: Y.Doc) => void) =>
    codeOf(() => {
      const doc = copy(server);
      edit(doc);
      applyChecked(
        copy(server),
        { ...known, clients: new Map(known.clients) },
        Y.encodeStateAsUpdate(doc),
        userId,
      );
    });
  const move = (doc: Y.Doc) => moveVertex(get(doc), { polygon: 0, ring: 0, vertex: 0 }, [9, 49]);
  expect(send('v', move)).toBe('ZONE_LOCKED');
  expect(send('v', (doc) => zonesIn(doc).delete('a'))).toBe('ZONE_LOCKED');
  expect(send('v', (doc) => putZone(doc, zone('a')))).toBe('ZONE_LOCKED');
  expect(send('v', (doc) => setLock(get(doc), null))).toBe('ZONE_LOCKED');
  expect(send('v', (doc) => putZone(doc, zone('b')))).toBe(null);
  expect(send('u', move)).toBe(null);
  expect(send('u', (doc) => setLock(get(doc), null))).toBe(null);
});
