/**
 * Names of the broadcast groups. The sharded Redis adapter takes a room name of exactly 20 characters for a socket id
 * and sends it to every node, so every name here is longer than that.
 */
const room = (kind: string, id: string) => `${kind}:${id}`.padEnd(21, '~');

/** Who follows one driver: the rider of its open trip, in `/rider`; dispatchers, in `/dispatch`. */
export const driverRoom = (driverId: string) => room('driver', driverId);

/** All sockets of one user on any node. */
export const userRoom = (userId: string) => room('user', userId);

/** Who looks at one H3 cell: riders at a fine one, dispatchers at a coarse one. */
export const cellRoom = (cell: string) => room('cell', cell);

/** Who follows one trip without a socket, by a stream or a link, in `/rider`. */
export const tripRoom = (tripId: string) => room('trip', tripId);

/** Dispatchers who are told what happens in one region, in `/dispatch`. */
export const regionRoom = (region: string) => room('region', region);

/** Dispatchers who watch all trips, in `/dispatch`. */
export const tripsRoom = room('trips', 'of all');
