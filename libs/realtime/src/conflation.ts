import type { Frame } from '#protocol';
import { type EngineConnection, onFlush, type WaitingPacket, waitingPackets } from './socketio-internals.js';

/** A line that takes longer than this to take what it was given does not keep up. */
const SLOW_MS = 500;
/** So many may gather before they are looked through ahead of the next sending. */
const LOOK_EVERY = 256;

/**
 * A client that reads more slowly than it is sent to gets what matters first. While its line is busy, packets wait; when
 * that takes long, positions and frames of vehicles give way to newer ones and to everything else, and an offer that has
 * expired is dropped. To a client that keeps up, everything goes as it came.
 */
export function conflateSlowConnection(conn: EngineConnection): void {
  let sentAt = Date.now();
  let created = 0;
  const ease = (waiting: WaitingPacket[], now: number) => {
    if (waiting.length > 1 && now - sentAt > SLOW_MS)
      waiting.splice(0, waiting.length, ...conflate(waiting, now));
  };
  onFlush(conn, (waiting) => {
    const now = Date.now();
    ease(waiting, now);
    sentAt = now;
  });
  conn.on('packetCreate', () => {
    created += 1;
    if (created % LOOK_EVERY === 0) ease(waitingPackets(conn), Date.now());
  });
}

/** `["event",payload]` of Socket.IO, in an EVENT packet of a namespace. */
type Push = { prefix: string; event: string; payload: Record<string, unknown> };

/** Of pushes that replace each other, what they are about; in the first letters, so that only these are parsed. */
const ABOUT: Record<string, (payload: Record<string, unknown>) => unknown> = {
  position: ({ driverId }) => driverId,
  gone: ({ driverId }) => driverId,
  eta: ({ tripId }) => tripId,
  counts: () => '',
  cars: ({ cell }) => cell,
  fleet: ({ cell }) => cell,
};
const REPLACES: Record<string, string> = { gone: 'position' };
const PUSH = /^2(\/[a-z]+,)\["(position|gone|eta|counts|cars|fleet|offer)",/;

/**
 * What is to be sent of packets that have waited, and in which order.
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
      // The newest goes to the end: what comes of it is in order of time.
      latest.delete(key);
      latest.set(key, before === undefined ? { packet, push } : replaced(before.push, { packet, push }));
    }
  }
  return [...first, ...Array.from(latest.values(), ({ packet }) => packet)];
}

const keyOf = ({ prefix, event, payload }: Push): string =>
  `${prefix} ${REPLACES[event] ?? event} ${ABOUT[event]!(payload)}`;

function replaced(
  before: Push,
  after: { packet: WaitingPacket; push: Push },
): { packet: WaitingPacket; push: Push } {
  const { event, prefix } = after.push;
  if (event !== 'cars' && event !== 'fleet') return after;
  const payload = merged(before.payload as Frame, after.push.payload as Frame);
  // The frame that was encoded for everybody is not what this one is sent any more.
  const { wsPreEncodedFrame: _, ...options } = after.packet.options ?? {};
  const data = `2${prefix}${JSON.stringify([event, payload])}`;
  return { packet: { ...after.packet, data, options }, push: { prefix, event, payload } };
}

/** Two frames of one cell as one. */
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
