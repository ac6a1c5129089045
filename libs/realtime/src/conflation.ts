import type { Frame } from '#protocol';
import { withContent } from './internals/adapter.js';
import { type WaitingPacket } from './internals/engine-io.js';

/** Content of an EVENT packet of Socket.IO, `["event",payload]`, with the prefix that names its namespace. */
type Push = { prefix: string; event: string; payload: Record<string, unknown> };

/** Subject of pushes that replace each other, by event: a newer push replaces an older one with the same subject. */
const SUBJECTS: Record<string, (payload: Record<string, unknown>) => unknown> = {
  position: ({ driverId }) => driverId,
  gone: ({ driverId }) => driverId,
  eta: ({ tripId }) => tripId,
  counts: () => '',
  cars: ({ cell }) => cell,
  fleet: ({ cell }) => cell,
};
const REPLACES: Record<string, string> = { gone: 'position' };
/** Matches by the first characters, so that only these pushes are parsed. */
const PUSH = /^2(\/[a-z]+,)\["(position|gone|eta|counts|cars|fleet|offer)",/;

/**
 * Returns the packets to send out of those that wait, in the order to send them.
 * @param now epoch ms
 */
export function conflate(waiting: WaitingPacket[], now: number): WaitingPacket[] {
  const first: WaitingPacket[] = [];
  const latest = new Map<string, { packet: WaitingPacket; push: Push }>();
  for (const packet of waiting) {
    const push = pushOf(packet);
    if (push === null) first.push(packet);
    else if (push.event === 'offer') {
      if ((push.payload.expiresAt as number) > now) first.push(packet);
    } else {
      const key = keyOf(push);
      const before = latest.get(key);
      // The newest moves to the end, so that the result stays in order of time.
      latest.delete(key);
      latest.set(key, before === undefined ? { packet, push } : replaced(before.push, { packet, push }));
    }
  }
  return [...first, ...Array.from(latest.values(), ({ packet }) => packet)];
}

const keyOf = ({ prefix, event, payload }: Push): string =>
  `${prefix} ${REPLACES[event] ?? event} ${SUBJECTS[event]!(payload)}`;

function replaced(
  before: Push,
  after: { packet: WaitingPacket; push: Push },
): { packet: WaitingPacket; push: Push } {
  const { event, prefix } = after.push;
  if (event !== 'cars' && event !== 'fleet') return after;
  const payload = merged(before.payload as Frame, after.push.payload as Frame);
  const packet = withContent(after.packet, `2${prefix}${JSON.stringify([event, payload])}`);
  return { packet, push: { prefix, event, payload } };
}

/** Merges two frames of one cell. */
function merged(before: Frame, after: Frame): Frame {
  const moved = new Map(before.moved.map((vehicle) => [vehicle.id, vehicle]));
  const gone = new Set(before.gone);
  for (const id of after.gone) {
    moved.delete(id);
    gone.add(id);
  }
  for (const vehicle of after.moved) {
    gone.delete(vehicle.id);
    moved.set(vehicle.id, vehicle);
  }
  return { ...after, moved: [...moved.values()], gone: [...gone] };
}

function pushOf({ type, data }: WaitingPacket): Push | null {
  const match = type === 'message' && typeof data === 'string' ? PUSH.exec(data) : null;
  if (match === null) return null;
  const [, prefix, event] = match;
  const [, payload] = JSON.parse((data as string).slice(1 + prefix!.length));
  return { prefix: prefix!, event: event!, payload };
}
