import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server, type Socket } from 'socket.io';
import { orExit } from '#ops/process';

/**
 * The design found in tutorials: Socket.IO with the classic Redis adapter, a GEOADD per fix on one key, an emit per fix to
 * the driver's room and one to dispatch. Run it twice for two nodes. Same events as Hexfleet; tokens are not checked.
 */
async function main(): Promise<void> {
  const redis = new Redis(process.env.REDIS_URL!);
  const io = new Server({ adapter: createAdapter(redis.duplicate(), redis.duplicate()), serveClient: false });

  io.of('/driver').on('connection', (socket: Socket) => {
    const driverId = subOf(socket);
    socket.on('fixes', async (fixes: Array<{ t: number; lat: number; lng: number }>, ack) => {
      for (const { t, lat, lng } of fixes) {
        await redis.geoadd('drivers', lng, lat, driverId);
        const position = { driverId, t, lat, lng };
        io.of('/rider').to(`driver:${driverId}`).emit('position', position);
        io.of('/dispatch').to('fleet').emit('position', position);
      }
      ack({ ok: true, accepted: fixes.length, rejected: [] });
    });
  });
  io.of('/rider').on('connection', (socket: Socket) => {
    socket.on('trip:watch', ({ tripId }: { tripId: string }, ack) => {
      socket.join(`driver:${tripId}`);
      ack({ ok: true });
    });
  });
  io.of('/dispatch').on('connection', (socket: Socket) => {
    socket.on('fleet:watch', (_: unknown, ack) => {
      socket.join('fleet');
      ack({ ok: true });
    });
  });
  const port = Number(process.env.PORT);
  io.listen(port);
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
}

/** Decodes the claims of a token without verifying it. */
const subOf = (socket: Socket): string =>
  JSON.parse(Buffer.from(String(socket.handshake.auth.token).split('.')[1]!, 'base64url').toString()).sub;

await orExit(main());
