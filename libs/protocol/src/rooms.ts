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

/**
 * Room of the riders who watch a fine cell in or at a coarse one, in `/rider`. Nothing is sent to it: it has members where the
 * fine cells are worth a query.
 */
export const nearbyRoom = (coarseCell: string) => room('nearby', coarseCell);

/** Room of the followers of a trip without a socket, through a stream or a share link, in `/rider`. */
export const tripRoom = (tripId: string) => room('trip', tripId);

/** Room of the dispatchers who watch a region, in `/dispatch`. */
export const regionRoom = (region: string) => room('region', region);

/** Room of the dispatchers who watch the crossings of zones in a region, in `/dispatch`. */
export const crossingsRoom = (region: string) => room('crossings', region);

/** Room of the dispatchers who edit the zones of a region, in `/dispatch`. */
export const zonesRoom = (region: string) => room('zones', region);

/** Room of the gateways, in `/rider`, through which they learn of alerts to an area. */
export const alertsRoom = room('alerts', 'of areas');

/** Room of the gateways, in `/rider`, through which they learn that a user must be disconnected. */
export const usersRoom = room('users', 'to disconnect');

/** Room of the dispatchers who watch all trips, in `/dispatch`. */
export const tripsRoom = room('trips', 'of all');
