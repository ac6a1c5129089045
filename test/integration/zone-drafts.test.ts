import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { type LngLat, ZONE_LIMITS } from '#protocol';
import { ZoneDrafts } from '#store';
import { putZone, zonesIn } from '#zones/draft';
import { RegionDraft } from '../../apps/gateway/src/zones/region-draft.js';
import { keys } from '../../libs/store/src/keys.js';
import { regionOf } from '../fixtures/zones.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';
import { Client, ZonesService } from './zones-service.js';

let regions = 0;
const nextRegion = () => regionOf(regions++, 60);
const USERS = ['ann', 'ben', 'eve'];
const HEXAGON: LngLat[] = [
  [2, 0],
  [1, 2],
  [-1, 2],
  [-2, 0],
  [-1, -2],
  [1, -2],
];

type Step =
  | { kind: 'move'; user: number; vertex: number; to: number }
  | { kind: 'name' | 'rule'; user: number; to: number }
  | { kind: 'add' | 'remove' | 'undo' | 'reload' | 'disconnect'; user: number }
  | { kind: 'connect'; user: number; gateway: number }
  | { kind: 'kill'; gateway: number }
  | { kind: 'duplicates' | 'settle' };

const user = fc.nat(USERS.length - 1);
const gateway = fc.nat(1);
const to = fc.integer({ min: 1, max: 99 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('move' as const), user, vertex: fc.nat(1), to }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('name' as const, 'rule' as const), user, to }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'add' as const,
        'remove' as const,
        'undo' as const,
        'reload' as const,
        'disconnect' as const,
      ),
      user,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('connect' as const), user, gateway }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), gateway }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('duplicates' as const, 'settle' as const) }) },
);

/** Expected zones: each user edits its own parts of a shared polygon and its own zones. */
class Model {
  readonly ring = HEXAGON.slice();
  readonly names = USERS.map((user) => `Zone of ${user}`);
  readonly rules = USERS.map(() => 600);
  readonly added = USERS.map((): string[] => []);
}

describe.each([
  ['one Redis', startOne],
  ['a Redis Cluster of three masters', startCluster],
] as const)('on %s', (_, start) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());

  const opened = async (service: ZonesService, ...users: string[]) => {
    const clients = users.map((each) => new Client(service, each));
    for (const [i, client] of clients.entries()) {
      client.connect(i % 2);
      await client.open();
    }
    return clients;
  };
  const saved = async (clients: Client[]) =>
    vi.waitFor(
      () => {
        for (const { editor } of clients)
          expect(editor!.state).toMatchObject({ isSaved: true, isLoaded: true });
        const numbers = new Set(clients.map(({ editor }) => editor!.state.number));
        expect(numbers.size).toBe(1);
      },
      { timeout: 15_000, interval: 20 },
    );
  const square = (lng: number): LngLat[] => [
    [lng, 0],
    [lng + 1, 0],
    [lng + 1, 1],
    [lng, 1],
  ];

  test('three clients converge to the model after edits, cuts, reloads, duplicates, kills and compaction', async () => {
    const run = async (steps: Step[]) => {
      const service = new ZonesService(testBed.client, nextRegion());
      const clients = await opened(service, ...USERS);
      const model = new Model();
      const shared = clients[0]!.editor!.add({ name: 'Shared', kind: 'queue', polygons: [[HEXAGON]] });
      const own = clients.map((client, i) =>
        client.editor!.add({ name: model.names[i]!, kind: 'no_go', polygons: [[square(10 * i + 20)]] }),
      );
      await saved(clients);

      for (const step of steps) {
        const client = 'user' in step ? clients[step.user]! : clients[0]!;
        const editor = client.editor!;
        switch (step.kind) {
          case 'move': {
            const vertex = 2 * step.user + step.vertex;
            const [lng, lat] = HEXAGON[vertex]!;
            const position: LngLat = [lng + step.to / 1_000, lat + step.to / 1_000];
            editor.moveVertex(shared, { polygon: 0, ring: 0, vertex }, position);
            model.ring[vertex] = editor.zone(shared)!.polygons[0]![0]![vertex]!;
            break;
          }
          case 'name':
            editor.change(own[step.user]!, { name: `Name ${step.to}` });
            model.names[step.user] = `Name ${step.to}`;
            break;
          case 'rule':
            editor.change(own[step.user]!, { rules: { repeatAfterS: step.to } });
            model.rules[step.user] = step.to;
            break;
          case 'add': {
            const name = `Zone ${step.user} ${model.added[step.user]!.length}`;
            const id = editor.add({ name, kind: 'surge', polygons: [[square(-50)]] });
            model.added[step.user]!.push(id);
            break;
          }
          case 'remove': {
            const id = model.added[step.user]!.pop();
            if (id !== undefined) editor.remove(id);
            break;
          }
          case 'undo': {
            // An edit that is undone at once changes nothing, whatever others do.
            editor.change(own[step.user]!, { name: 'Undone' });
            if (editor.zone(own[step.user]!)!.name !== model.names[step.user]) editor.undo();
            expect(editor.zone(own[step.user]!)!.name).toBe(model.names[step.user]);
            break;
          }
          case 'reload':
            await client.close();
            await client.open();
            break;
          case 'disconnect':
            client.disconnect();
            break;
          case 'connect':
            client.connect(step.gateway);
            break;
          case 'kill':
            service.kill(step.gateway);
            break;
          case 'duplicates':
            service.duplicates = !service.duplicates;
            break;
          case 'settle':
            await new Promise((resolve) => setTimeout(resolve, 80));
        }
      }

      for (const [i, client] of clients.entries()) client.connect(i % 2);
      const late = new Client(service, 'late');
      late.connect(0);
      await late.open();
      const all = [...clients, late];
      await saved(all);
      for (const { editor, refused } of all) {
        expect(refused).toEqual([]);
        expect(editor!.zones).toEqual(late.editor!.zones);
      }
      const { editor } = late;
      expect(editor!.zone(shared)!.polygons).toEqual([[model.ring]]);
      expect(own.map((id) => editor!.zone(id)!.name)).toEqual(model.names);
      expect(own.map((id) => editor!.zone(id)!.rules)).toEqual(
        model.rules.map((repeatAfterS) => ({ repeatAfterS })),
      );
      const expected = [shared, ...own, ...model.added.flat()].sort();
      expect(editor!.zones.map(({ id }) => id)).toEqual(expected);
      for (const client of all) await client.close();
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), run), {
      numRuns: 12,
      endOnFailure: true,
    });
  }, 180_000);

  test('edits made without a connection are merged, and lost answers and missed pushes do no harm', async () => {
    const service = new ZonesService(testBed.client, nextRegion());
    const [ann, ben] = (await opened(service, 'ann', 'ben')) as [Client, Client];
    const id = ann.editor!.add({ name: 'A', kind: 'no_go', polygons: [[HEXAGON]] });
    await saved([ann, ben]);
    for (const client of [ann, ben]) client.disconnect();
    ann.editor!.moveVertex(id, { polygon: 0, ring: 0, vertex: 0 }, [3, 0]);
    ben.editor!.moveVertex(id, { polygon: 0, ring: 0, vertex: 3 }, [-3, 0]);
    await ann.close();
    await ann.open();
    expect(ann.editor!.zone(id)!.polygons[0]![0]![0]).toEqual([3, 0]);
    ann.connect(0);
    ben.connect(1);
    await saved([ann, ben]);
    const ring = [[3, 0], ...HEXAGON.slice(1, 3), [-3, 0], ...HEXAGON.slice(4)];
    await vi.waitFor(() => {
      for (const { editor } of [ann, ben]) expect(editor!.zone(id)!.polygons).toEqual([[ring]]);
    });
    expect(ben.editor!.lastEdit(id)!.version).toBe(ann.editor!.lastEdit(id)!.version);

    // A gateway that dies after it has stored an update, before it has passed it on.
    service.gateways[0]!.isDead = true;
    ann.editor!.change(id, { name: 'B' });
    await saved([ann]);
    expect(ben.editor!.zone(id)!.name).toBe('A');
    ben.editor!.receive('zones:head', { region: service.region, number: ann.editor!.state.number });
    await vi.waitFor(() => expect(ben.editor!.zone(id)!.name).toBe('B'), { timeout: 5_000 });
    for (const client of [ann, ben]) await client.close();
  });

  test('a gap in the numbers makes a client ask for what it missed', async () => {
    const service = new ZonesService(testBed.client, nextRegion());
    const [ann, ben] = (await opened(service, 'ann', 'ben')) as [Client, Client];
    const first = ann.editor!.add({ name: 'A', kind: 'no_go', polygons: [[HEXAGON]] });
    await saved([ann, ben]);
    const push = service.push.bind(service);
    service.push = () => {};
    ann.editor!.change(first, { name: 'B' });
    await saved([ann]);
    service.push = push;
    ann.editor!.add({ name: 'C', kind: 'no_go', polygons: [[HEXAGON]] });
    await vi.waitFor(() => expect(ben.editor!.zones.map(({ name }) => name).sort()).toEqual(['B', 'C']), {
      timeout: 5_000,
    });
    for (const client of [ann, ben]) await client.close();
  });

  test('an edit that is refused is taken back, reported, and takes no other edit with it', async () => {
    const service = new ZonesService(testBed.client, nextRegion());
    const [ann, ben] = (await opened(service, 'ann', 'ben')) as [Client, Client];
    const locked = ann.editor!.add({ name: 'Locked', kind: 'no_go', polygons: [[HEXAGON]] });
    const free = ann.editor!.add({ name: 'Free', kind: 'no_go', polygons: [[HEXAGON]] });
    await saved([ann, ben]);
    ben.disconnect();
    ben.editor!.change(locked, { name: 'Mine' });
    ben.editor!.change(free, { name: 'Also mine' });
    const added = ben.editor!.add({ name: 'New', kind: 'queue', polygons: [[HEXAGON]] });
    ann.editor!.lock(locked);
    await saved([ann]);
    ben.connect(1);
    await vi.waitFor(() => expect(ben.refused).toEqual([{ zoneId: locked, code: 'ZONE_LOCKED' }]));
    await saved([ann, ben]);
    for (const { editor } of [ann, ben]) {
      expect(editor!.zone(locked)).toMatchObject({ name: 'Locked', lockedBy: 'ann' });
      expect(editor!.zone(free)!.name).toBe('Also mine');
      expect(editor!.zone(added)!.name).toBe('New');
    }
    expect(() => ben.editor!.change(locked, { name: 'Mine' })).toThrow(
      expect.objectContaining({ code: 'ZONE_LOCKED' }),
    );
    // The refused edit does not come back with a reload.
    await ben.close();
    ben.connect(0);
    await ben.open();
    await saved([ann, ben]);
    expect(ben.editor!.zone(locked)!.name).toBe('Locked');
    expect(ben.refused).toHaveLength(1);
    for (const client of [ann, ben]) await client.close();
  });

  test('more than one update may hold is sent in parts', async () => {
    const service = new ZonesService(testBed.client, nextRegion());
    const [ann, ben] = (await opened(service, 'ann', 'ben')) as [Client, Client];
    ann.disconnect();
    const ring = Array.from(
      { length: 900 },
      (_, i): LngLat => [Math.cos(i / 143.3) / 3, Math.sin(i / 143.3) / 3],
    );
    for (let i = 0; i < 5; i += 1) ann.editor!.add({ name: `Zone ${i}`, kind: 'no_go', polygons: [[ring]] });
    await ann.close();
    ann.connect(0);
    await ann.open();
    await saved([ann, ben]);
    expect(ben.editor!.zones).toHaveLength(5);
    expect(ben.editor!.zones).toEqual(ann.editor!.zones);
    for (const client of [ann, ben]) await client.close();
  });

  test('updates are compacted into a snapshot by one gateway, and a reader that is behind begins again', async () => {
    const service = new ZonesService(testBed.client, nextRegion());
    const [ann] = (await opened(service, 'ann')) as [Client];
    for (let i = 0; i < 12; i += 1) {
      ann.editor!.add({ name: `Zone ${i}`, kind: 'no_go', polygons: [[HEXAGON]] });
      await saved([ann]);
    }
    const [updates, snapshot] = keys.zonesDraft(service.region);
    await vi.waitFor(async () => expect(await testBed.client.xlen(updates)).toBeLessThan(6));
    expect(Number.parseInt((await testBed.client.hget(snapshot, 'id'))!, 10)).toBeGreaterThan(4);
    const drafts = new ZoneDrafts(testBed.client);
    const part = await drafts.read(service.region, '1-1');
    expect(part.isReset).toBe(true);
    expect(await drafts.append(service.region, '3-3', 'ann', new Uint8Array([0, 0]))).toBe('STALE');
    const stale = { id: '12-1', state: Buffer.of(0, 0), facts: '{}' };
    expect(await drafts.compact(service.region, 'other', '0-0', stale)).toBe(false);
    const number = await service.gateways[1]!.draft.poll();
    expect(number).toBe(12);
    await ann.close();
  });

  test('a draft whose snapshots were not renewed for 5,000 updates renews one, and then takes the next update', async () => {
    const region = nextRegion();
    const drafts = new ZoneDrafts(testBed.client);
    const doc = new Y.Doc();
    const rename = (name: string) => {
      const before = Y.encodeStateVector(doc);
      putZone(doc, { id: 'z', name, kind: 'no_go', polygons: [[square(0)]], rules: {}, lockedBy: null });
      return Y.encodeStateAsUpdate(doc, before);
    };
    const draft = new RegionDraft(region, 'one', drafts, () => {});
    let last = await drafts.append(region, '0-0', 'ann', rename('0'));
    for (let n = 1; n < 5_000; n += 1) last = await drafts.append(region, last, 'ann', rename(`${n}`));
    const newest = rename('newest');
    expect(await drafts.append(region, last, 'ann', newest)).toBe('FULL');
    expect(await draft.submit('ann', newest)).toMatchObject({ number: 5_001 });
    const [updates] = keys.zonesDraft(region);
    await vi.waitFor(async () => expect(await testBed.client.xlen(updates)).toBeLessThan(10));
    const other = new RegionDraft(region, 'two', drafts, () => {});
    expect((await other.content()).zones).toMatchObject([{ name: 'newest' }]);
  }, 60_000);

  test('a draft that is full refuses more, keeps what it has, and takes what makes it smaller', async () => {
    const region = nextRegion();
    // Without snapshots, each of which would be larger than the one before.
    const never = { updates: 1e9, bytes: 1e9 };
    const drafts = new ZoneDrafts(testBed.client);
    const gateway = (node: string) => new RegionDraft(region, node, drafts, () => {}, never);
    const draft = gateway('one');
    const doc = new Y.Doc();
    const ring = Array.from({ length: 1_000 }, (_, i): LngLat => [Math.cos(i / 159), Math.sin(i / 159)]);
    const change = async (edit: () => void): Promise<unknown> => {
      const before = Y.encodeStateVector(doc);
      edit();
      return draft.submit('ann', Y.encodeStateAsUpdate(doc, before)).catch(({ code }) => code);
    };
    let zones = 0;
    const add = () =>
      change(() =>
        putZone(doc, {
          id: `z${zones}`,
          name: `Zone ${zones}`,
          kind: 'surge',
          polygons: [[ring]],
          rules: { factor: 2 },
          lockedBy: null,
        }),
      );
    while ((await add()) !== 'DRAFT_FULL') zones += 1;
    const size = Y.encodeStateAsUpdate(doc).byteLength;
    expect(size).toBeGreaterThan(ZONE_LIMITS.documentBytes);
    expect(size).toBeLessThan(ZONE_LIMITS.documentBytes + 65_536);
    expect((await gateway('two').content()).zones).toHaveLength(zones);

    // As a client does that begins with the document of the service.
    const kept = await draft.copy();
    const before = Y.encodeStateVector(kept);
    zonesIn(kept).delete('z0');
    await draft.submit('ann', Y.encodeStateAsUpdate(kept, before));
    expect((await gateway('two').content()).zones).toHaveLength(zones - 1);
  }, 60_000);
});
