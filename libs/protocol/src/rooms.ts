/**
 * Returns the name of a room. The sharded Redis adapter takes a name of exactly 20 characters for a socket id and sends its
 * messages to every node, so every name is longer than that.
 */
const room = (kind: string, id: string) => `${kind}:${id}`.padEnd(21, '~');

/** Room of the followers of a driver: the rider of its open trip in `/rider`, dispatchers in `/dispatch`. */
export const driverRoom = (driverId: string) => room('driver', driverId);

/** Room of all sockets of a user on any node. */
export const userRoom = (userId: string) => room('user', userId);

/** Room of the sockets, in `/driver`, of devices that are not followed because another one of their driver is. */
export const standbyRoom = room('standby', 'of drivers');

/** Room of the watchers of an H3 cell: riders watch fine cells, dispatchers coarse ones. */
export const cellRoom = (cell: string) => room('cell', cell);

/** Room of the followers of a trip without a socket, through a stream or a share link, in `/rider`. */
export const tripRoom = (tripId: string) => room('trip', tripId);

/** Room of the dispatchers who watch a region, in `/dispatch`. */
export const regionRoom = (region: string) => room('region', region);

/** Room of the dispatchers who watch all trips, in `/dispatch`. */
export const tripsRoom = room('trips', 'of all');
